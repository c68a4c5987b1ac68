#!/usr/bin/env bash
# Starts the broker of docker-compose.yml with users of its own. A node that imports definitions makes no default user, and
# definitions with users are not shipped, so they are written here, from the environment.
set -euo pipefail

: "${RSVP_RABBITMQ_ADMIN_PASSWORD:?}" "${RSVP_RABBITMQ_API_PASSWORD:?}" "${RSVP_RABBITMQ_WORKER_PASSWORD:?}" "${RSVP_RABBITMQ_NOTIFIER_PASSWORD:?}"

quoted() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

user() { # name, password, tags
  printf '{ "name": "%s", "password": %s, "tags": "%s" }' "$1" "$(quoted "$2")" "$3"
}

definitions=/etc/rabbitmq/definitions
mkdir -p "$definitions"
cp /rsvp/definitions.json "$definitions/10-topology.json"
# Files are imported in the order of their names, and rights need their users.
cp /rsvp/permissions.json "$definitions/30-permissions.json"
(
  umask 077
  cat >"$definitions/20-users.json" <<JSON
{
  "users": [
    $(user rsvp "$RSVP_RABBITMQ_ADMIN_PASSWORD" administrator),
    $(user rsvp_api "$RSVP_RABBITMQ_API_PASSWORD" ""),
    $(user rsvp_worker "$RSVP_RABBITMQ_WORKER_PASSWORD" ""),
    $(user rsvp_notifier "$RSVP_RABBITMQ_NOTIFIER_PASSWORD" "")
  ],
  "permissions": [{ "user": "rsvp", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*" }]
}
JSON
)
{
  cat /rsvp/rabbitmq.conf
  echo "definitions.local.path = $definitions"
} >/etc/rabbitmq/rabbitmq.conf
cp /rsvp/enabled_plugins /etc/rabbitmq/enabled_plugins
chown -R rabbitmq:rabbitmq "$definitions" /etc/rabbitmq/rabbitmq.conf /etc/rabbitmq/enabled_plugins

# The node needs none of them any more, and it shows its environment to administrators.
unset RSVP_RABBITMQ_ADMIN_PASSWORD RSVP_RABBITMQ_API_PASSWORD RSVP_RABBITMQ_WORKER_PASSWORD RSVP_RABBITMQ_NOTIFIER_PASSWORD
exec docker-entrypoint.sh rabbitmq-server
