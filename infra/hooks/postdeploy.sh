#!/bin/sh
# Asks the deployed app whether it lives (a cold start may take a minute), and says where it is and what to do next.
set -eu
# shellcheck source=infra/hooks/common.sh
. "$(dirname -- "$0")/common.sh"
need curl

url="${FOUNDATION_URL:?is not set: run azd provision first}"
url="${url%/}"
vault="${AZURE_KEY_VAULT_NAME:-VAULT}"

echo "Foundation: $url"
try=0
until [ "$(curl --silent --max-time 60 --output /dev/null --write-out '%{http_code}' "$url/health/live" || true)" = 200 ]; do
  try=$((try + 1))
  if [ "$try" -ge 20 ]; then
    echo "$url/health/live does not answer 200. The app's start is logged in Log Analytics, table FunctionAppLogs." >&2
    echo "A 403 on storage in there means that the app's roles were late: run 'azd deploy' again." >&2
    exit 1
  fi
  sleep "$retry_seconds"
done

echo "It lives. The first admin key lies in Key Vault:"
echo "  key=\$(az keyvault secret show --vault-name $vault --name foundation-bootstrap-key --query value --output tsv)"
echo "  curl -fsS $url/api/version -H \"Authorization: Bearer \$key\""
echo "Make a key of your own with it (POST /api/keys, see $url/docs): the first real admin key ends the bootstrap key."
