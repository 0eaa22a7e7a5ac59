# A phone in the namespace "phone" joins a Wi-Fi network: SSID, PASSWORD. Gives "address gateway dns" of its lease.
set -eu
home=/run/phone
sh "$SCRIPTS/phone-off.sh"
mkdir -p "$home"
{
  echo "ctrl_interface=$home/wpa"
  echo 'network={'
  echo "ssid=\"$SSID\""
  # Like most phones it takes what the network offers, protected management frames where they can be had.
  [ -n "${PASSWORD:-}" ] && echo "psk=\"$PASSWORD\"" && echo 'key_mgmt=WPA-PSK WPA-PSK-SHA256 SAE' && echo 'ieee80211w=1'
  [ -n "${PASSWORD:-}" ] || echo 'key_mgmt=NONE'
  echo '}'
} >"$home/wpa.conf"
ip netns exec phone wpa_supplicant -B -i wlan2 -c "$home/wpa.conf" -P "$home/wpa.pid" -f "$home/wpa.log"
for _ in $(seq 60); do
  ip netns exec phone wpa_cli -p "$home/wpa" -i wlan2 status | grep -q '^wpa_state=COMPLETED' && joined=yes && break
  sleep 0.5
done
[ "${joined:-no}" = yes ] || { tail -n 20 "$home/wpa.log"; exit 1; }
ip netns exec phone busybox udhcpc -i wlan2 -n -q -t 10 -T 2 -s /usr/lib/b3iq-test/lease >"$home/udhcpc.log" 2>&1 ||
  { cat "$home/udhcpc.log"; exit 2; }
# The kernel's simulated radio drops a frame whose buffer has less than 8 bytes to spare (mac80211_hwsim, Linux 7.3): the last 51
# to 58 bytes of an answer never come, however often they are sent. With shorter frames no answer of the journey ends in so many.
ip -n phone link set dev wlan2 mtu 1400
# As every phone has one, and at once, without waiting for duplicates.
ip -n phone -6 address replace fe80::b3/64 dev wlan2 nodad
cat "$home/lease"
