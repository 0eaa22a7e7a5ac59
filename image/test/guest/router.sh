# A home router in the namespace "router": an access point on the second simulated radio, addresses, names, internet.
# SSID_HEX name as raw bytes · SECURITY wpa2|wpa3|mixed|open|enterprise · PASSWORD · SUBNET such as 192.168.77
# INTERNET yes|no|portal (a login page in front of it) · HIDDEN yes|no · ADDRESSES yes|no (no: nobody answers DHCP)
set -eu
home=/run/router
sh "$SCRIPTS/router-off.sh"
mkdir -p "$home"

{
  echo "interface=wlan1
driver=nl80211
hw_mode=g
channel=6
ssid2=$SSID_HEX
ignore_broadcast_ssid=$([ "$HIDDEN" = yes ] && echo 1 || echo 0)
ctrl_interface=$home/hostapd"
  case "$SECURITY" in
    open) ;;
    wpa2) echo "wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=$PASSWORD" ;;
    wpa3) echo "wpa=2
wpa_key_mgmt=SAE
rsn_pairwise=CCMP
ieee80211w=2
sae_password=$PASSWORD" ;;
    mixed) echo "wpa=2
wpa_key_mgmt=WPA-PSK SAE
rsn_pairwise=CCMP
ieee80211w=1
wpa_passphrase=$PASSWORD
sae_password=$PASSWORD" ;;
    enterprise) sh "$SCRIPTS/router-enterprise.sh" "$home" ;;
  esac
} >"$home/hostapd.conf"
ip netns exec router hostapd -B -P "$home/hostapd.pid" -f "$home/hostapd.log" "$home/hostapd.conf"
ip -n router address replace "$SUBNET.1/24" dev wlan1

# Every name leads to the router itself: that is where this internet is.
names="--address=/#/$SUBNET.1"
[ "$INTERNET" = no ] && names=--address=/#/
range=
[ "$ADDRESSES" = yes ] && range="--dhcp-range=$SUBNET.20,$SUBNET.99,1h"
# shellcheck disable=SC2086 # no range is no word
ip netns exec router dnsmasq --conf-file=/dev/null --user=root --interface=wlan1 --bind-interfaces --no-resolv \
  --no-hosts --dhcp-authoritative --pid-file="$home/dnsmasq.pid" --dhcp-leasefile="$home/leases" \
  --log-facility="$home/dnsmasq.log" $names $range
[ "$INTERNET" = no ] ||
  setsid ip netns exec router /usr/lib/b3iq/node "$SCRIPTS/internet.mjs" "$INTERNET" \
    >"$home/internet.log" 2>&1 </dev/null &
