#!/bin/sh
# Installs what the virtual machines need from Debian, where it is missing: emulator, firmware, TPM.
set -eu
packages='qemu-system-x86 qemu-utils ovmf swtpm swtpm-tools netcat-openbsd zstd util-linux dosfstools mtools'
missing=
for package in $packages; do
	dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
		missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "Installing$missing..."
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
$as_root env DEBIAN_FRONTEND=noninteractive sh -c "apt-get -qq update && apt-get -qq install --no-install-recommends --yes $missing" >/dev/null
