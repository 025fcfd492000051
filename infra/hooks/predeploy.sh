#!/bin/sh
# A role assignment holds only after seconds to minutes, and azd does not try again when the upload is answered with 403.
# So: wait until our own new role on the storage account holds. The app's roles were assigned at the same moment.
set -eu
# shellcheck source=infra/hooks/common.sh
. "$(dirname -- "$0")/common.sh"
need azd curl

container="${FOUNDATION_DEPLOYMENT_CONTAINER_URL:?is not set: run azd provision first}"
again="If the deployment is now refused with 403, the roles need a little longer: run 'azd deploy' again."

try=0
while :; do
  status=$(request GET "$container?restype=container&comp=list&maxresults=1" "https://storage.azure.com/.default")
  case "$status" in
    200) break ;;
    000 | 401 | 403 | 404 | 429 | 5??) ;;
    *)
      echo "Storage answered $status." >&2
      exit 1
      ;;
  esac

  try=$((try + 1))
  if [ "$try" -ge "$retry_limit" ]; then
    echo "Storage still answers $status after ten minutes of waiting: run 'azd deploy' again." >&2
    echo "Who deploys needs the role Storage Blob Data Contributor on the storage account." >&2
    exit 1
  fi
  [ "$try" -gt 1 ] || echo "Waiting until the new roles hold (up to ten minutes)..."
  sleep "$retry_seconds"
done

if [ "$try" -gt 0 ]; then
  # Ours was fresh, so the app's is too, and each spreads on its own: give it four tries' time more.
  sleep $((retry_seconds * 4))
fi
echo "Roles hold. $again"
