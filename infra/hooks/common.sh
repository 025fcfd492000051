# shellcheck shell=sh disable=SC2034
# Shared by the hooks; sourced, not run. Needs azd and curl, nothing else.

# Seconds between tries, and how many: ten minutes, which is how long a role assignment may take to hold.
retry_seconds="${FOUNDATION_HOOK_RETRY_SECONDS:-15}"
retry_limit=40

need() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null 2>&1 || { echo "$tool is needed and was not found on the PATH." >&2; exit 1; }
  done
}

# request METHOD URL SCOPE [JSON]: prints the HTTP status (000 when nobody answered).
# Token and body go to curl by standard input: arguments can be read by every user of the machine.
request() {
  token=$(azd auth token --scope "$3" --output json | sed -n 's/.*"token" *: *"\([^"]*\)".*/\1/p')
  if [ -z "$token" ]; then
    echo "azd gave no access token: run 'azd auth login'." >&2
    return 1
  fi
  {
    printf 'header = "Authorization: Bearer %s"\n' "$token"
    printf 'header = "x-ms-version: 2023-11-03"\n'
    if [ "$#" -gt 3 ]; then
      printf 'header = "Content-Type: application/json"\n'
      printf 'data = "%s"\n' "$(printf '%s' "$4" | sed 's/[\\"]/\\&/g')"
    fi
  } | curl --silent --max-time 30 --output /dev/null --write-out '%{http_code}' --request "$1" --config - "$2" || true
}
