#!/bin/sh
# Puts the sample policies in, as their author would; one that is there already is left alone. put-policies.sh <realm URL> <policy-service URL> <folder>
set -eu
token="$(curl --fail --silent --show-error --max-time 30 "$1/protocol/openid-connect/token" \
  -d grant_type=password -d client_id=operator-console -d client_secret=operator-console-sample-secret \
  -d username=paul -d password=paul-sample-password | sed 's/.*"access_token":"\([^"]*\)".*/\1/')"
for file in "$3"/*.cedar; do
  id="$(basename "$file" .cedar)"
  status="$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 30 -X PUT "$2/policies/$id" \
    -H "Authorization: Bearer $token" -H 'Content-Type: text/plain; charset=utf-8' -H 'If-None-Match: *' --data-binary "@$file")"
  echo "$id $status"
  case "$status" in
    2* | 412) ;;
    *) exit 1 ;;
  esac
done
