#!/bin/sh
# Writes a random bootstrap key into Key Vault, once: the app accepts it as the first admin key until a real one exists.
# The key is never printed. Run again, it leaves what is there.
set -eu
# shellcheck source=infra/hooks/common.sh
. "$(dirname -- "$0")/common.sh"
need azd curl od

vault="${FOUNDATION_KEY_VAULT_URI:?is not set: run azd provision first}"
vault="${vault%/}"
secret="$vault/secrets/foundation-bootstrap-key?api-version=7.4"
# https://NAME.vault.azure.net -> https://vault.azure.net, whatever the cloud's suffix is.
host="${vault#*://}"
scope="https://${host#*.}/.default"

try=0
while :; do
  status=$(request GET "$secret" "$scope")
  if [ "$status" = 404 ]; then
    key=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
    [ "${#key}" = 64 ] || { echo "/dev/urandom gave no 32 bytes." >&2; exit 1; }
    status=$(request PUT "$secret" "$scope" "{\"value\":\"$key\",\"contentType\":\"text/plain\"}")
    key=
    if [ "$status" = 200 ]; then
      echo "Bootstrap key written to Key Vault (secret foundation-bootstrap-key)."
      exit 0
    fi
  elif [ "$status" = 200 ]; then
    echo "Bootstrap key is already in Key Vault: left as it is."
    exit 0
  fi

  case "$status" in
    409)
      echo "The secret foundation-bootstrap-key was deleted and can still be recovered, so its name is taken." >&2
      echo "Recover it (az keyvault secret recover) or purge it (az keyvault secret purge), then run 'azd provision' again." >&2
      exit 1
      ;;
    000 | 401 | 403 | 404 | 429 | 5??) ;;
    *)
      echo "Key Vault answered $status." >&2
      exit 1
      ;;
  esac

  try=$((try + 1))
  if [ "$try" -ge "$retry_limit" ]; then
    echo "Key Vault still answers $status. Who deploys needs the role Key Vault Secrets Officer on the vault;" >&2
    echo "it was assigned just now and may need longer: run 'azd provision' again." >&2
    exit 1
  fi
  [ "$try" -gt 1 ] || echo "Waiting until the new role on Key Vault holds (up to ten minutes)..."
  sleep "$retry_seconds"
done
