# The phone leaves the air.
set -eu
for pid in $(ip netns pids phone); do kill -9 "$pid" 2>/dev/null || true; done
rm -rf /run/phone
ip -n phone address flush dev wlan2
ip -n phone link set wlan2 down
