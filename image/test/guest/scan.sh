# Which ports of ADDRESS answer the phone, a line each: "tcp N" accepted or refused, "udp N" answered or refused. A port the
# firewall guards is silent. PORTS: ranges such as 1-2048,8000-9000; the ports that anybody listens on are always asked.
set -eu
listening=$(ss --listening --numeric --tcp --udp --no-header | sed -E 's/.*:([0-9]+) +[^ ]+ *$/\1/' | sort -un | tr '\n' ',')
ulimit -n 4096
own=$(ip -n phone -4 -o address show dev wlan2 | sed -nE 's/.* inet ([0-9.]+).*/\1/p')
exec ip netns exec phone /usr/lib/b3iq/node "$SCRIPTS/scan.mjs" "$ADDRESS" "$listening$PORTS" "$own" "$(uname -n)"
