#!/bin/sh
# One task's whole life over HTTP, against any host: register, submit, lease, complete, read. Needs curl, nothing else.
#   sh infra/smoke.sh http://127.0.0.1:7070 [KEY]
set -eu
base="${1:?usage: smoke.sh BASE_URL [KEY]}"
base="${base%/}"
key="${2:-}"
name="smoke-$$-$(date +%s)"
seconds="${FOUNDATION_SMOKE_SECONDS:-180}"

# The key goes to curl by standard input: arguments can be read by every user of the machine.
call() {
  method="$1" path="$2" body="${3:-}"
  {
    [ -z "$key" ] || printf 'header = "Authorization: Bearer %s"\n' "$key"
    if [ -n "$body" ]; then
      printf 'header = "Content-Type: application/json"\n'
      printf 'data = "%s"\n' "$(printf '%s' "$body" | sed 's/[\\"]/\\&/g')"
    fi
  } | curl --silent --show-error --fail-with-body --max-time 100 --request "$method" --config - "$base$path"
}

# member NAME: the first text member of that name.
member() { tr ',{' '[\n*]' | sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p' | head -n 1; }

call PUT "/api/services/$name/instances/one" "{\"capabilities\":[\"$name\"]}" >/dev/null
echo "registered $name/one"

task=$(call POST /api/tasks "{\"type\":\"$name\",\"data\":{\"hello\":\"world\"}}" | member id)
[ -n "$task" ] || { echo "submit answered without an id" >&2; exit 1; }
echo "submitted $task"

token=
end=$(($(date +%s) + seconds))
while [ -z "$token" ] && [ "$(date +%s)" -lt "$end" ]; do
  token=$(call POST /api/tasks/lease "{\"instance\":\"$name/one\",\"max\":1,\"wait\":\"20s\"}" | member token)
done
[ -n "$token" ] || { echo "not leased within $seconds s; why:" >&2; call GET "/api/tasks/$task/explain" >&2; exit 1; }
echo "leased"

call POST "/api/tasks/$task/complete" "{\"token\":\"$token\",\"result\":{\"seen\":true}}" >/dev/null
status=$(call GET "/api/tasks/$task" | member status)
echo "status: $status"
[ "$status" = succeeded ]
