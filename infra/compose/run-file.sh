#!/usr/bin/env bash
# usage: infra/compose/run-file.sh FOLDER [--disposable]
# Writes FOLDER/run.json about the running containers, with their secrets in it: RSVP_HOME=FOLDER makes ./rsvp (storm, watch, token, audit, dead) and
# ./rsvp test --system FOLDER work on them, from a machine that reaches the containers' own addresses, as Linux does. DOCKER names another docker.
# --disposable says that tests may make people and activities and change rows: without it they refuse.
set -euo pipefail

usage() {
  echo "usage: infra/compose/run-file.sh FOLDER [--disposable]" >&2
  exit 2
}

folder=
disposable=false
for argument in "$@"; do
  case $argument in
    --disposable) disposable=true ;;
    -*) usage ;;
    *)
      [ -z "$folder" ] || usage
      folder=$argument
      ;;
  esac
done
[ -n "$folder" ] || usage
root=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)

secret() {
  [ -s "$root/secrets/$1" ] || { echo "the secret $1 is missing" >&2; return 1; }
  cat "$root/secrets/$1"
}

address() {
  local found
  found=$("${DOCKER:-docker}" inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "rsvp-$1-1")
  [ -n "$found" ] || { echo "the container rsvp-$1-1 has no address" >&2; return 1; }
  printf '%s' "$found"
}

# As Compose takes it: from the environment, or from .env. All addresses of this machine have the first one too.
bind=${RSVP_BIND:-}
[ -n "$bind" ] || [ ! -e "$root/.env" ] || bind=$(sed -n 's/^RSVP_BIND=//p' "$root/.env" | tail -n 1)
case $bind in '' | 0.0.0.0 | '[::]') bind=127.0.0.1 ;; esac

# One after another before anything is written: what fails inside of a text to be written ends nothing.
owner=$(secret postgres_owner)
admin=$(secret rabbitmq_admin)
key=$(secret jwt_key)
postgres=$(address postgres)
rabbitmq=$(address rabbitmq)

# Nobody else's to read, also where there was one that is.
umask 077
mkdir -p "$folder"
new=$(mktemp "$folder/run.json.XXXXXX")
trap 'rm -f "$new"' EXIT
cat >"$new" <<JSON
{
  "apiUrl": "http://$bind:8080",
  "notifierUrl": "http://$bind:8080",
  "disposable": $disposable,
  "postgres": "postgresql://rsvp_owner:$owner@$postgres:5432/rsvp",
  "rabbitmq": "amqp://rsvp:$admin@$rabbitmq:5672/",
  "rabbitmqManagement": "http://rsvp:$admin@127.0.0.1:15672",
  "metrics": [],
  "jwt": { "issuer": "rsvp", "audience": "rsvp", "key": "$key" },
  "processes": []
}
JSON
mv "$new" "$folder/run.json"
