#!/usr/bin/env bash
# Starts a broker of the containers with users of its own, as a user without rights and on a file system that it cannot write. A node that
# imports definitions makes no default user, and definitions with users are not shipped, so they are written here, from the secrets.
# RSVP_RABBITMQ_NODES names all nodes of a cluster, such as "rabbitmq-1 rabbitmq-2 rabbitmq-3"; without it the node is alone.
set -euo pipefail

secret() {
  [ -s "/run/secrets/$1" ] || { echo "the secret $1 is missing" >&2; exit 1; }
  cat "/run/secrets/$1"
}

quoted() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

user() { # name, secret, tags
  printf '{ "name": "%s", "password": %s, "tags": "%s" }' "$1" "$(quoted "$(secret "$2")")" "$3"
}

folder=/tmp/rabbitmq
definitions=$folder/definitions
mkdir -p "$definitions"
cp /rsvp/definitions.json "$definitions/10-topology.json"
# Files are imported in the order of their names, and rights need their users.
cp /rsvp/permissions.json "$definitions/30-permissions.json"
(
  umask 077
  cat >"$definitions/20-users.json" <<JSON
{
  "users": [
    $(user rsvp rabbitmq_admin administrator),
    $(user rsvp_api rabbitmq_api ""),
    $(user rsvp_worker rabbitmq_worker ""),
    $(user rsvp_notifier rabbitmq_notifier "")
  ],
  "permissions": [{ "user": "rsvp", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*" }]
}
JSON
)
{
  # A share would be of the machine's memory, which is not what the container has: 0.6 of the 2 GB that docker-compose.yml gives it. Where both are
  # said the share counts, so it has to go.
  sed 's/^vm_memory_high_watermark\.relative = .*/vm_memory_high_watermark.absolute = 1200MB/' /rsvp/rabbitmq.conf
  echo "definitions.local.path = $definitions"
  if [ -n "${RSVP_RABBITMQ_NODES:-}" ]; then
    echo "cluster_formation.peer_discovery_backend = classic_config"
    number=1
    for node in $RSVP_RABBITMQ_NODES; do
      echo "cluster_formation.classic_config.nodes.$number = rabbit@$node"
      number=$((number + 1))
    done
    # The part of a cluster that is cut off and smaller stops, and does not decide anything alone.
    echo "cluster_partition_handling = pause_minority"
    # The first node imports the queues before the others have joined: these become members afterwards, by themselves. Since RabbitMQ 3.13.
    if rabbitmqctl version 2>/dev/null | awk -F. '{ exit !($1 > 3 || ($1 == 3 && $2 >= 13)) }'; then
      echo "quorum_queue.continuous_membership_reconciliation.enabled = true"
      echo "quorum_queue.continuous_membership_reconciliation.auto_remove = false"
      echo "quorum_queue.continuous_membership_reconciliation.interval = 30000"
      echo "quorum_queue.continuous_membership_reconciliation.target_group_size = 3"
    fi
  fi
} >"$folder/rabbitmq.conf"
cp /rsvp/enabled_plugins "$folder/enabled_plugins"

# Nodes of a cluster know each other by it, and so do the command-line tools.
cookie=/var/lib/rabbitmq/.erlang.cookie
rm -f "$cookie"
(umask 077; secret rabbitmq_cookie >"$cookie")
chmod 400 "$cookie"

export RABBITMQ_CONFIG_FILE=$folder/rabbitmq.conf RABBITMQ_ENABLED_PLUGINS_FILE=$folder/enabled_plugins
# The log goes to the console; what older versions write besides, and the dump of a crash, would need a folder that cannot be written.
export RABBITMQ_LOG_BASE=$folder/log ERL_CRASH_DUMP=/var/lib/rabbitmq/erl_crash.dump
exec docker-entrypoint.sh rabbitmq-server
