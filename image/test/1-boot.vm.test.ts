/** First and second start of a machine out of the box: verified, encrypted, sealed, nothing failed, nothing open. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Guest } from '../vm/guest.ts';
import { beside } from './support/beside.ts';
import { type Label, readLabel } from './support/console.ts';
import { keepAs, machines, newGuest } from './support/prepared.ts';
import { secretsOf } from './support/secrets.ts';

machines();
let guest: Guest;
let label: Label;
let identity: string;
let secrets: ReadonlyMap<string, string>;
const settled = (machine: Guest) =>
  machine
    .run('systemctl is-system-running --wait', machine.limits.bootMs)
    .then(({ stdout }) => stdout.trim());
/** Lines of this boot's journal that match, the lines about matching left out. */
const journal = async (pattern: string) =>
  (await guest.run(`journalctl --boot --no-pager --output=cat | grep -iE '${pattern}' | sort -u`)).stdout;

describe('the first start', () => {
  beforeAll(async () => {
    guest = await newGuest();
    await guest.boot();
  });

  it('ends in the state running, with no failed unit', async () => {
    const state = await settled(guest);
    expect(await guest.must('systemctl --failed --no-legend --plain --no-pager')).toBe('');
    expect(state).toBe('running');
  });

  it('found no ordering cycle', async () => {
    expect(await journal('ordering cycle|Job .* deleted to break')).toBe('');
  });

  it('was verified from the firmware to the root: Secure Boot with our keys, a root under dm-verity', async () => {
    const variable = 'tail -c 1 /sys/firmware/efi/efivars';
    const guid = '8be4df61-93ca-11d2-aa0d-00e098032b8c';
    expect(await guest.must(`${variable}/SecureBoot-${guid} | od -An -tu1`)).toMatch(/^\s*1$/);
    expect(await guest.must(`${variable}/SetupMode-${guid} | od -An -tu1`)).toMatch(/^\s*0$/);
    expect(await guest.must('findmnt --noheadings --output FSTYPE,SOURCE /')).toMatch(
      /^erofs +\/dev\/mapper\/root$/,
    );
    expect(await guest.must('cat /sys/block/$(basename $(readlink -f /dev/mapper/root))/dm/uuid')).toMatch(
      /^CRYPT-VERITY-/,
    );
  });

  it('lets nobody write to the system, root included', async () => {
    for (const place of ['/etc', '/usr', '/'])
      expect((await guest.run(`touch ${place}/there`)).status, place).not.toBe(0);
  });

  it('keeps what is written in a LUKS partition that this TPM opens by the signed PCR 11 policy alone', async () => {
    expect(await guest.must('findmnt --noheadings --output SOURCE /var')).toBe('/dev/mapper/data');
    const dump = JSON.parse(
      await guest.must('cryptsetup luksDump --dump-json-metadata /dev/disk/by-partlabel/data'),
    ) as LuksHeader; // cryptsetup's LUKS2 header
    const tokens = Object.values(dump.tokens);
    expect(tokens.map((token) => token.type)).toEqual(['systemd-tpm2']);
    expect(tokens[0]?.['tpm2-pcrs'], 'no PCR by value: a firmware update would lock the owner out').toEqual(
      [],
    );
    expect(tokens[0]?.tpm2_pubkey_pcrs).toEqual([11]);
    expect(Object.keys(dump.keyslots), 'no other way in').toHaveLength(1);
  });

  it('has sealed itself: identity and label in a place for root alone, and no secret readable there', async () => {
    expect(await guest.must("stat -c '%a %U' /factory")).toBe('700 root');
    expect(await guest.must('ls /factory | grep -E "cred|json" | sort')).toBe(
      'hotspot.cred\nidentity.cred\nlabel.cred\nlabel.json',
    );
    expect(JSON.parse(await guest.must('cat /factory/label.json'))).toMatchObject({ sealed_by: 'self' });
  });

  it('shows name, password and setup code on the console, and gives them to nothing else', async () => {
    label = await readLabel(guest);
    expect(label.hotspotPassword).toMatch(/^[a-z0-9-]{12,}$/);
    const secrets = [label.hotspotPassword, label.setupCode].join('\\n');
    // The needles lie outside the haystack, and on no command line of the search itself.
    const found = await guest.run(
      `needles=/run/b3iq-test-needles; printf '${secrets}\\n' >$needles
       journalctl --boot --no-pager | grep -F -c -f $needles
       grep -rlF -f $needles /var /factory /run/b3iq /proc/[0-9]*/cmdline 2>/dev/null; rm $needles`,
      guest.limits.taskMs,
    );
    expect(found.stdout.trim(), 'lines in the journal, then files').toBe('0');
  });

  it('is blessed: the version has proven itself', async () => {
    await guest.until('the blessing', 'systemctl is-active systemd-bless-boot.service', guest.limits.taskMs);
    expect(await guest.must('ls /boot/EFI/Linux 2>/dev/null || ls /efi/EFI/Linux')).toMatch(
      /^b3iq_[1-9]\d*\.efi$/,
    );
  });

  it('holds the agent in a sandbox that systemd rates 2.5 or better', async () => {
    const said = await guest.must('systemd-analyze security --no-pager b3iq-device.service | tail -n 1');
    expect(Number(/: ([\d.]+)/.exec(said)?.[1])).toBeLessThanOrEqual(2.5);
  });

  it('has no way to sign in: no ssh, no sudo, no getty, no account with a password or a shell', async () => {
    expect((await guest.run('command -v sshd dropbear sudo su doas pkexec')).stdout).toBe('');
    expect(
      await guest.must(
        'systemctl list-units --state=active --no-legend --plain "*getty*.service" "*ssh*" | cat',
      ),
    ).toBe('');
    expect(await guest.must("awk -F: '$2 !~ /^[!*]/ {print $1}' /etc/shadow")).toBe('');
    expect(await guest.must('awk -F: \'$7 !~ /nologin|false/ && $1 != "sync" {print $1}\' /etc/passwd')).toBe(
      '',
    );
  });

  it('gives the agent its allowlist and refuses every unit and verb beside it', async () => {
    const answers = await beside(guest);
    expect(answers.asked, 'units times verbs').toBeGreaterThan(250);
    expect(answers.granted).toEqual([]);
  });
});

describe('the second start', () => {
  let state: string;
  beforeAll(async () => {
    identity = await guest.must('sha256sum /factory/identity.cred /factory/label.json');
    secrets = await secretsOf(guest);
    await guest.must('echo kept >/var/lib/b3iq-test-mark');
    await guest.switchOff();
    await guest.boot();
    // The shell is there before the encrypted partition is.
    state = await settled(guest);
  });

  it('unlocks without help and has kept its state', async () => {
    expect(await guest.must('cat /var/lib/b3iq-test-mark')).toBe('kept');
    expect(await guest.must('sha256sum /factory/identity.cred /factory/label.json')).toBe(identity);
    expect(await readLabel(guest)).toEqual(label);
  });

  it('ends in the state running, with no failed unit and no ordering cycle', async () => {
    expect(await guest.must('systemctl --failed --no-legend --plain --no-pager')).toBe('');
    expect(await journal('ordering cycle|Job .* deleted to break')).toBe('');
    expect(state).toBe('running');
  });

  it('is kept for the tests that follow', async () => {
    await guest.until('the setup page', 'curl --fail --silent --output /dev/null http://127.0.0.1/setup/');
    await guest.must('rm /var/lib/b3iq-test-mark');
    await keepAs('unclaimed', guest);
  });
});

it('two machines out of the same box share no secret', async () => {
  const other = await newGuest();
  await other.boot();
  await settled(other);
  const theirs = await secretsOf(other);
  expect([...theirs.keys()]).toEqual([...secrets.keys()]);
  for (const [what, secret] of secrets) {
    expect(secret, what).not.toBe('');
    expect(theirs.get(what), what).not.toBe(secret);
  }
});

interface LuksHeader {
  readonly keyslots: Readonly<Record<string, unknown>>;
  readonly tokens: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly 'tpm2-pcrs': readonly number[];
        readonly tpm2_pubkey_pcrs: readonly number[];
      }
    >
  >;
}
