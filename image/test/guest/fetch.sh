# One HTTP request from NAMESPACE: URL, METHOD, BODY, HEADERS (curl's own words), DNS the server that knows the name, PATIENCE in seconds.
# Gives the body, then "@@@@status|location|set-cookie|b3iq-receipt".
set -eu
host=$(printf %s "$URL" | sed -E 's|^[a-z]+://([^/:]+).*|\1|')
port=$(printf %s "$URL" | sed -nE 's|^[a-z]+://[^/:]+:([0-9]+).*|\1|p')
case "$URL" in https:*) port=${port:-443} ;; *) port=${port:-80} ;; esac
resolve=
case "$host" in
  *[!0-9.]*)
    address=$(ip netns exec "$NAMESPACE" busybox nslookup "$host" "$DNS" | sed -n '/^Name:/,$s/^Address[ 0-9]*: *//p' |
      grep -m 1 -E '^[0-9.]+$')
    resolve="--resolve $host:$port:$address"
    ;;
esac
[ -z "$BODY" ] || set -- --data-binary "$BODY"
# shellcheck disable=SC2086 # words on purpose
eval "ip netns exec $NAMESPACE curl --silent --show-error --insecure --max-time $PATIENCE --request $METHOD $resolve $HEADERS \
  --write-out '\n@@@@%{http_code}|%{redirect_url}|%header{set-cookie}|%header{b3iq-receipt}' \"\$@\" \"\$URL\""
