#!/usr/bin/env bash
# usage: infra/compose/make-secrets.sh
# Writes fresh secrets for docker-compose.yml into secrets/, one a file; those that are there stay. Keep the folder as long as the volumes:
# PostgreSQL takes its passwords on its first start only.
set -euo pipefail

folder=$(cd -P -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)/secrets
# Containers' users are not ours and must be able to read the files; the folder keeps others out.
mkdir -p "$folder"
chmod 700 "$folder"
umask 022

write() { [ -e "$folder/$1" ] || printf '%s' "$2" >"$folder/$1"; }
random() { write "$1" "$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')"; }
value() { cat "$folder/$1"; }

for name in postgres_superuser postgres_owner postgres_api postgres_worker postgres_notifier \
  rabbitmq_admin rabbitmq_api rabbitmq_worker rabbitmq_notifier rabbitmq_cookie jwt_key request_ids_key; do
  random "$name"
done
for service in owner api worker notifier; do
  write "database_$service" "Host=postgres;Database=rsvp;Username=rsvp_$service;Password=$(value "postgres_$service")"
done
for service in api worker notifier; do
  write "broker_$service" "amqp://rsvp_$service:$(value "rabbitmq_$service")@rabbitmq:5672/"
done
write broker_operator "amqp://rsvp:$(value rabbitmq_admin)@rabbitmq:5672/"
# Of the mail server, if there is one.
write smtp_password ""
echo "secrets are in $folder"
