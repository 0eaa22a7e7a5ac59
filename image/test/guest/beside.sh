# Runs beside.mjs as the agent's user. ALLOWED: the units it may start, a line each. UNITS: the others, as a pattern.
set -eu
printf '%s\n' "$ALLOWED" >/run/b3iq-test/allowed
{
  systemctl list-unit-files --no-legend --no-pager | sed -E 's/ .*//; s/@\./@x./'
  systemctl list-units --all --no-legend --plain --no-pager | sed 's/ .*//'
  # Names beside the allowlist that a prefix or a pattern would let through.
  printf '%s\n' b3iq-update.service.service b3iq-start-engine@8.service b3iq-start-engine@0x.service b3iq-update-x.service \
    b3iq-.service xb3iq-update.service b3iq-engine@0.service
} | grep -E "$UNITS" | sort -u >/run/b3iq-test/units
chmod 755 /run/b3iq-test
chmod 644 /run/b3iq-test/*
exec setpriv --reuid=b3iq --regid=b3iq --init-groups --no-new-privs /usr/lib/b3iq/node /run/b3iq-test/beside.mjs \
  /run/b3iq-test/allowed /run/b3iq-test/units
