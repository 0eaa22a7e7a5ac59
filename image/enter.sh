#!/bin/sh
# Runs a command inside a build root: usage enter.sh ROOT TREE COMMAND...
# TREE appears there as /build. A plain chroot is not enough: mkosi makes user namespaces, which the kernel refuses to a
# process whose root is not the root of its mount namespace. So the build root becomes the root of a namespace of its own.
set -eu
if [ "${1:-}" != inside ]; then
  exec unshare --mount --propagation private "$0" inside "$@"
fi
root=$2
tree=$3
shift 3
mount --bind "$root" "$root"
mkdir -p "$root/build" "$root/.old"
mount --bind "$tree" "$root/build"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
for scratch in run tmp var/tmp; do mount -t tmpfs -o mode=1777 tmpfs "$root/$scratch"; done
cd "$root"
pivot_root . .old
umount -l /.old
cd /build
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root LANG=C.UTF-8 TZ=UTC "$@"
