#!/bin/sh
# Makes sure the browser tests have a Chromium: $B3IQ_CHROMIUM, one on the PATH, or Debian's package.
set -eu
if [ -n "${B3IQ_CHROMIUM:-}" ]; then
  [ -x "$B3IQ_CHROMIUM" ] || { echo "B3IQ_CHROMIUM is $B3IQ_CHROMIUM, which cannot be run." >&2; exit 1; }
  exit 0
fi
command -v chromium >/dev/null 2>&1 && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo 'No Chromium found. Install one and name it: B3IQ_CHROMIUM=/path/to/chromium make test' >&2
  exit 1
fi
as_root=''
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null 2>&1 || { echo 'No Chromium found, and neither root nor sudo to install it: apt-get install chromium' >&2; exit 1; }
  as_root=sudo
fi
echo 'Installing Chromium for the browser tests...'
$as_root apt-get update -qq
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core >/dev/null
