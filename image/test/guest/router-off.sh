# Switches the router off: what it served is gone at once, as when its plug is pulled.
set -eu
for pid in $(ip netns pids router); do kill -9 "$pid" 2>/dev/null || true; done
rm -rf /run/router
ip -n router address flush dev wlan1
ip -n router link set wlan1 down
