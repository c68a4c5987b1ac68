#!/usr/bin/env bash
# usage: infra/compose/run-file.sh FOLDER
# Writes FOLDER/run.json about the running containers, with their secrets in it: RSVP_HOME=FOLDER makes ./rsvp (storm, watch, token, audit, dead) and
# ./rsvp test --system FOLDER work on them, from a machine that reaches the containers' own addresses, as Linux does. DOCKER names another docker.
set -euo pipefail

folder=${1:?usage: infra/compose/run-file.sh FOLDER}
secrets=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)/secrets

secret() { cat "$secrets/$1"; }
address() { "${DOCKER:-docker}" inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "rsvp-$1-1"; }

mkdir -p "$folder"
umask 077
cat >"$folder/run.json" <<JSON
{
  "apiUrl": "http://127.0.0.1:8080",
  "notifierUrl": "http://127.0.0.1:8080",
  "postgres": "postgresql://rsvp_owner:$(secret postgres_owner)@$(address postgres):5432/rsvp",
  "rabbitmq": "amqp://rsvp:$(secret rabbitmq_admin)@$(address rabbitmq):5672/",
  "rabbitmqManagement": "http://rsvp:$(secret rabbitmq_admin)@127.0.0.1:15672",
  "metrics": [],
  "jwt": { "issuer": "rsvp", "audience": "rsvp", "key": "$(secret jwt_key)" },
  "processes": []
}
JSON
