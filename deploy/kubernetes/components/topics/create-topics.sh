#!/usr/bin/env bash
# Creates every topic that is not there: name, partitions, how long records stay. A test holds this list against dev.postern.events.Topics.
# create-topics.sh <bootstrap servers> [replicas]
set -euo pipefail
bootstrap="$1"
replicas="${2:-1}"

create() {
  echo "$1"
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server "$bootstrap" --create --if-not-exists --topic "$1" --partitions "$2" \
    --replication-factor "$replicas" "${@:3}" >/dev/null
}
# 30, 91, 7 and 90 days in milliseconds.
kept() { create "$1" "$2" --config cleanup.policy=delete --config retention.ms="$3"; }
compacted() { create "$1" "$2" --config cleanup.policy=compact; }

kept access-requested 3 2592000000
kept access-requested.dead-letter 3 7776000000
kept access-decided 3 2592000000
kept access-decided.dead-letter 3 7776000000
kept access-ended 3 2592000000
kept access-ended.dead-letter 3 7776000000
kept approval-given 3 2592000000
kept approval-given.dead-letter 3 7776000000
kept token-issued 3 7862400000
kept token-issued.dead-letter 3 7776000000
kept token-revoked 3 7862400000
kept token-revoked.dead-letter 3 7776000000
kept firewall-changed 3 2592000000
kept firewall-changed.dead-letter 3 7776000000
compacted service-protected 3
kept service-protected.dead-letter 3 7776000000
compacted policy-changed 3
kept policy-changed.dead-letter 3 7776000000
kept api-called 3 604800000
kept api-called.dead-letter 3 7776000000
kept attempts-refused 3 2592000000
kept attempts-refused.dead-letter 3 7776000000
kept audit-log 1 7776000000
kept audit-log.dead-letter 1 7776000000
