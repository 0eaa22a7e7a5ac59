# hostapd's own EAP server: PEAP and TTLS for the person "ada" with $PASSWORD; a certificate made on the spot.
set -eu
home=$1
openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=radius.test -addext subjectAltName=DNS:radius.test \
  -keyout "$home/eap.key" -out "$home/eap.crt" 2>/dev/null
printf '* PEAP,TTLS\n"ada" MSCHAPV2,TTLS-PAP "%s" [2]\n' "$PASSWORD" >"$home/eap.users"
echo "wpa=2
wpa_key_mgmt=WPA-EAP
rsn_pairwise=CCMP
ieee8021x=1
eap_server=1
eap_user_file=$home/eap.users
ca_cert=$home/eap.crt
server_cert=$home/eap.crt
private_key=$home/eap.key"
