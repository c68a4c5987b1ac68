#!/usr/bin/env bash
# usage: (umask 077; infra/compose/make-env.sh >.env)
# Prints fresh secrets for docker-compose.yml. PostgreSQL takes its passwords on the first start only: keep the file as long as the volumes.
set -euo pipefail

secret() { head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n'; }

for name in \
  POSTGRES_SUPERUSER_PASSWORD POSTGRES_OWNER_PASSWORD POSTGRES_API_PASSWORD POSTGRES_WORKER_PASSWORD POSTGRES_NOTIFIER_PASSWORD \
  RABBITMQ_ADMIN_PASSWORD RABBITMQ_API_PASSWORD RABBITMQ_WORKER_PASSWORD RABBITMQ_NOTIFIER_PASSWORD \
  JWT_KEY REQUEST_IDS_KEY; do
  echo "RSVP_$name=$(secret)"
done
