#!/usr/bin/env bash
# Run by the image once, on an empty volume: the owner, who migrates, one role per service and one for auditors, whose rights the migrations grant.
set -euo pipefail

for name in owner api worker notifier; do
  [ -s "/run/secrets/postgres_$name" ] || { echo "the secret postgres_$name is missing" >&2; exit 1; }
done

# Read by psql itself: an argument would show in the list of processes.
psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\set owner `cat /run/secrets/postgres_owner`
\set api `cat /run/secrets/postgres_api`
\set worker `cat /run/secrets/postgres_worker`
\set notifier `cat /run/secrets/postgres_notifier`
CREATE ROLE rsvp_owner LOGIN PASSWORD :'owner';
CREATE ROLE rsvp_api LOGIN PASSWORD :'api';
CREATE ROLE rsvp_worker LOGIN PASSWORD :'worker';
CREATE ROLE rsvp_notifier LOGIN PASSWORD :'notifier';
-- For whoever checks: reads everything. Nothing here connects as it, so it gets a password when somebody does.
CREATE ROLE rsvp_auditor NOLOGIN;
CREATE DATABASE rsvp OWNER rsvp_owner;
REVOKE ALL ON DATABASE rsvp FROM PUBLIC;
SQL
