/** The buyer's whole way by radio: hotspot, page, a wrong password, the right one, owner, key, an answer. No cable. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Guest } from '../vm/guest.ts';
import { HOME, type Lease, phoneFetches, phoneJoins, routerOn } from './support/air.ts';
import { type Label, readLabel } from './support/console.ts';
import { type Person, withPhone } from './support/person.ts';
import { guestIn, keepAs, machines } from './support/prepared.ts';
import { note } from './support/record.ts';

machines();
/** What each system asks for to find out whether a page waits in front of the internet. */
const PROBES = [
  ['Apple', 'http://captive.apple.com/hotspot-detect.html'],
  ['Apple, older', 'http://www.apple.com/library/test/success.html'],
  ['Android', 'http://connectivitycheck.gstatic.com/generate_204'],
  ['Android, second', 'http://www.google.com/gen_204'],
  ['Windows', 'http://www.msftconnecttest.com/connecttest.txt'],
  ['Windows, older', 'http://www.msftncsi.com/ncsi.txt'],
  ['Firefox', 'http://detectportal.firefox.com/canonical.html'],
  ['Firefox, second', 'http://detectportal.firefox.com/success.txt'],
  ['GNOME', 'http://nmcheck.gnome.org/check_network_status.txt'],
  ['KDE', 'http://networkcheck.kde.org/'],
] as const;

let guest: Guest;
let label: Label;
let lease: Lease;
let person: Person;
let key: string;

/** On the hotspot with the label's password; the phone keeps trying, as phones do. */
async function joinHotspot(): Promise<void> {
  lease = await phoneJoins(guest, label.name, label.hotspotPassword);
  const origin = `http://${lease.gateway}`;
  // The same browser at the same address keeps its cookie.
  if (person?.origin !== origin) person = withPhone(guest, lease.dns, origin);
}

describe('from the box to the first answer, by radio', () => {
  beforeAll(async () => {
    guest = await guestIn('unclaimed');
    await guest.cable(false);
    label = await readLabel(guest);
    await routerOn(guest, { ...HOME, security: 'mixed' });
  });

  it('the phone joins the hotspot with the password from the console and is given an address', async () => {
    await joinHotspot();
    expect(lease.address).toMatch(/^10\.42\.0\.\d+$/);
    expect(lease.gateway).toBe('10.42.0.1');
    expect(lease.dns, 'the machine itself tells names').toBe(lease.gateway);
  });

  it.each(PROBES)(
    'the probe of %s is led to the setup page, and never told that all is well',
    async (_, url) => {
      const answer = await phoneFetches(guest, url, { dns: lease.dns });
      expect(answer.status).toBe(302);
      expect(answer.location).toBe(`http://${lease.gateway}/setup/`);
      expect(answer.body).not.toMatch(/success|NetworkManager is online|Microsoft/i);
    },
  );

  it('https of another name is not answered at all: no false certificate, no half page', async () => {
    await expect(
      phoneFetches(guest, 'https://captive.apple.com/', { dns: lease.dns, patienceS: 8 }),
    ).rejects.toThrow();
  });

  it('the page is there and says what the machine is', async () => {
    const page = await person.ask('/setup/');
    expect(page.status).toBe(200);
    expect(page.body).toContain('<html');
    expect(await person.setupState()).toMatchObject({
      name: label.name,
      kind: 'appliance',
      state: 'unclaimed',
      secret_kind: 'label',
      network_step: true,
    });
  });

  it('the endpoint and the settings answer nobody before the claim', async () => {
    expect((await person.ask('/v1/models')).status).toBe(403);
    expect((await person.ask('/api/setup/networks')).status).toBe(403);
  });

  it('a wrong setup code is refused and the right one makes an owner', async () => {
    await expect(person.claim('AAAAAAAA')).rejects.toThrow(/40[13]/);
    await person.claim(label.setupCode);
    expect(await person.setupState()).toMatchObject({ state: 'claimed', signed_in: true });
  });

  it('the networks in the air are on the page, from before the hotspot was up', async () => {
    // The router came after the first scan: the owner asks to listen again, and the hotspot returns by itself.
    await person.api('/api/setup/networks/scan', {});
    await hotspot('away');
    await joinHotspotAgain();
    const { networks } = await person.networks();
    expect(networks.map((network) => network.ssid)).toContain(HOME.ssid);
    expect(networks.find((network) => network.ssid === HOME.ssid)?.security).toMatch(/wpa/);
  });

  it('a wrong password brings the page back within 20 seconds of guest time, with the right sentence', async () => {
    const uptime = async () => Number((await guest.must('cut -d" " -f1 /proc/uptime')).trim());
    const begun = await uptime();
    await person.join(HOME.ssid, 'this is not it');
    await hotspot('away');
    await hotspot('there');
    const seconds = (await uptime()) - begun;
    await joinHotspotAgain();
    expect(await person.untilJoin(['failed'])).toMatchObject({ ssid: HOME.ssid, reason: 'wrong-password' });
    await note('wrong_password_to_setup_page', { guest_seconds: seconds });
    expect(seconds).toBeLessThan(60);
  });

  it('the right password joins, and the phone finds the machine on its own network by its name', async () => {
    const { next_url } = await person.join(HOME.ssid, HOME.password);
    expect(next_url).toBe(`http://${label.name.toLowerCase()}.local/`);
    const address = await guest.until(
      'an address from the router',
      "nmcli -g IP4.ADDRESS dev show wlan0 | grep '^192.168.77.'",
      guest.limits.taskMs,
    );
    lease = await phoneJoins(guest, HOME.ssid, HOME.password);
    person = withPhone(guest, lease.dns, `http://${address.replace(/\/.*/, '')}`);
    await person.signIn();
    expect(await person.untilJoin(['joined'])).toMatchObject({ ssid: HOME.ssid, internet: true });
    const { hotspot } = await person.networks();
    expect(hotspot?.up ?? false, 'the setup network is gone').toBe(false);
  });

  it('a key is made, and the endpoint answers from llama-server over the joined network', async () => {
    key = await person.key();
    await guest.until('the engine', 'pgrep -f llama-server', guest.limits.bootMs);
    const { text, receipt } = await person.answer(key, `${person.origin}:8831`);
    expect(text).not.toBe('');
    expect(receipt).not.toBe('');
    expect((await person.ask(`${person.origin}:8831/v1/models`)).status, 'without a key').toBe(401);
    await note('journeys', { by: 'radio', outcome: 'answer' });
  });

  it('a model the owner installs answers under its name, from an engine unit of its own', async () => {
    await person.installModel('mine', {
      kind: 'file',
      path: '/usr/share/b3iq/selftest/b3iq-selftest.gguf',
    });
    expect(await guest.must('systemctl is-active b3iq-engine@1 || true'), 'before it is asked').toMatch(
      /inactive/,
    );
    const { text, receipt } = await person.answer(key, `${person.origin}:8831`, 'mine');
    expect(text).not.toBe('');
    expect(receipt).not.toBe('');
    expect((await guest.must('systemctl is-active b3iq-engine@1')).trim()).toBe('active');
  });

  it('is kept for the tests that follow', async () => {
    await keepAs('claimed', guest);
  });
});

/** Waits until the hotspot is so. It stays for a moment after it was sent away, so that the phone gets its answer. */
function hotspot(wanted: 'there' | 'away'): Promise<string> {
  const isThere =
    "nmcli -g GENERAL.STATE,IP4.ADDRESS dev show wlan0 | tr '\\n' ' ' | grep -q '^100 .*10\\.42\\.0\\.1/'";
  return guest.until(
    `the hotspot ${wanted}`,
    wanted === 'there' ? isThere : `! { ${isThere}; }`,
    guest.limits.taskMs,
  );
}

/** Phones come back to a network they know; this one is told to. */
async function joinHotspotAgain(): Promise<void> {
  await hotspot('there');
  await joinHotspot();
}
