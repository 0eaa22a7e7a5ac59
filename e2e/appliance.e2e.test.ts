/** What only an appliance's pages do, on the preview's fake machine: a setup network that vanishes, updates, the box. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Browser, expectAccessible, openBrowser, picture } from './support/browser.ts';
import { PASSWORD, type PreviewMachine, startPreview } from './support/preview.ts';
import { OWNER, text } from './support/wizard.ts';

let preview: PreviewMachine;
let browser: Browser;
const complaints: string[] = [];
beforeEach(async () => {
  preview = await startPreview();
  browser = await openBrowser({ size: 'phone' });
  complaints.length = 0;
  browser.page.on('pageerror', (error) => complaints.push(error.message));
});
afterEach(async () => {
  await browser.close();
  await preview.close();
  expect(complaints).toEqual([]);
});

const heading = (name: string | RegExp) => browser.page.getByRole('heading', { name, level: 1 });
const button = (name: string | RegExp, within = browser.page.locator('body')) =>
  within.getByRole('button', { name, exact: typeof name === 'string' });
const joiningMaple = /^Joining “Maple”/;

test('the label’s code may be typed as people read it, and says how many tries are left', async () => {
  const { page } = browser;
  await page.goto(`${preview.setupUrl}setup/claim/`);
  await page.getByLabel(text.claim.secret_label).fill('7k4m q2x');
  await button(text.claim.submit).click();
  await page.getByText(text.claim.error_secret_label).waitFor();
  await page.getByText(text.claim.where, { exact: true }).click();
  await page.getByText(text.claim.where_screen).waitFor();
  await page.getByLabel(text.claim.secret_label).fill('AAAA BBBB');
  await page.getByLabel(text.claim.name).fill(OWNER.name);
  await page.getByLabel(text.claim.password, { exact: true }).fill(OWNER.password);
  await page.getByLabel(text.claim.password_again).fill(OWNER.password);
  await button(text.claim.submit).click();
  await page.getByText(text.claim.wrong_label_title).waitFor();
  await page.getByText('4 tries are left before a pause.').waitFor();
  await expectAccessible(page, 'claim, wrong code');
  await page.reload();
  await page.getByText('4 tries are left before a pause.').waitFor();
  await page.getByLabel(text.claim.secret_label).fill('7k4m-q2xd');
  await page.getByLabel(text.claim.name).fill(OWNER.name);
  await page.getByLabel(text.claim.password, { exact: true }).fill(OWNER.password);
  await page.getByLabel(text.claim.password_again).fill(OWNER.password);
  await button(text.claim.submit).click();
  await heading(text.recovery.heading).waitFor();
});

test('a wrong password is told when the setup network is back, and a right one leads to the next address', async () => {
  const { page } = browser;
  const { machine, setupUrl, lanUrl } = preview;
  preview.onSetupNetwork();
  machine.claimed('network');
  await page.goto(`${setupUrl}setup/network/`);
  await button(/^Maple Password/).click();
  await page.getByText(lanUrl).waitFor();
  await page.getByLabel(text.network.password, { exact: true }).fill('winter harbour 43');
  await button('Join Maple').click();
  await heading(joiningMaple).waitFor();
  await page.getByText(text.network.join_away).first().waitFor();
  await page.getByText(lanUrl).waitFor();
  await expectAccessible(page, 'the setup network has gone');
  await picture(page, 'network-away-phone');

  await page.getByText('That password was not accepted by “Maple”.').waitFor();
  const password = page.getByLabel(text.network.password, { exact: true });
  expect(await password.inputValue()).toBe('winter harbour 43');
  await page.getByText(text.network.field_refused).waitFor();
  await password.fill(PASSWORD);
  await button('Join Maple').click();
  await page.getByText(text.network.join_away).first().waitFor();

  await page.waitForURL(`${lanUrl}sign-in/`);
  await page.getByLabel(text.sign_in.name).fill(OWNER.name);
  await page.getByLabel(text.sign_in.password, { exact: true }).fill(PASSWORD);
  await button(text.sign_in.submit).click();
  await heading(text.network.joined_heading).waitFor();
  await page.getByText(text.network.address_same).waitFor();
  await expectAccessible(page, 'joined');
  await button(text.network.continue).click();
  await heading(text.answer.heading).waitFor();
});

test('a join that cannot be followed says what to do, and nothing of it needs the machine', async () => {
  const { page } = browser;
  const { machine, setupUrl, lanUrl } = preview;
  preview.onSetupNetwork();
  machine.claimed('network');
  await page.goto(`${setupUrl}setup/network/`);
  await page.clock.install();
  await button(/^Maple Password/).click();
  await page.getByLabel(text.network.password, { exact: true }).fill(PASSWORD);
  machine.isOff = true;
  await button('Join Maple').click();
  await page.getByText(text.network.join_away).first().waitFor();
  await page.clock.runFor(65_000);
  await heading(text.network.heading_late).waitFor();
  await page.getByText(lanUrl).waitFor();
  await page.getByText('Join this device to “Maple” again.').waitFor();
  await expectAccessible(page, 'did it work');

  machine.isOff = false;
  await page.clock.runFor(5000);
  await page.getByText(text.network.lost_title).waitFor();
  expect(await page.getByLabel(text.network.password, { exact: true }).inputValue()).toBe(PASSWORD);
});

test('looking again is announced, counted down and over by itself', async () => {
  const { page } = browser;
  const { machine, setupUrl } = preview;
  preview.onSetupNetwork();
  machine.claimed('network');
  machine.networks = { ...machine.networks, networks: [] };
  await page.goto(`${setupUrl}setup/network/`);
  await page.getByText(text.network.empty_title).waitFor();
  await page.getByText(text.network.scan_warning).waitFor();
  await button(text.network.scan).click();
  await heading(text.network.heading_listening).waitFor();
  await page.getByText(text.network.announced_body).waitFor();
  await page.getByText(text.network.listening_body).waitFor();
  await expectAccessible(page, 'looking again');
  await heading(text.network.heading).waitFor();
  await button(/^Maple Password/).waitFor();
  await page.getByText(text.network.age_now).waitFor();
});

test('a company’s network and a hidden one, by keyboard', async () => {
  const { page } = browser;
  preview.machine.claimed('network');
  await page.goto(`${preview.setupUrl}setup/network/`);
  await button(/^Harbour Corp/).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('mira@example.com');
  // Method and way of knowing the server stay as they are; the certificate is pasted, its button for a file passed by.
  for (let field = 0; field < 3; field += 1) await page.keyboard.press('Tab');
  await page.keyboard.insertText('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n');
  for (let field = 0; field < 2; field += 1) await page.keyboard.press('Tab');
  await page.keyboard.type('radius.example.com');
  await page.keyboard.press('Tab');
  await page.keyboard.type('not the password');
  await page.keyboard.press('Enter');
  await page.getByText('“Harbour Corp” refused the machine.').waitFor();

  await button(text.network.hidden).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('Attic');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.type('short');
  await page.keyboard.press('Enter');
  await page.getByText(text.network.error_password_short).waitFor();
  await expectAccessible(page, 'hidden network');
});

test('with a cable the wizard goes on without Wi-Fi', async () => {
  const { page } = browser;
  const { machine, setupUrl } = preview;
  machine.claimed('network');
  machine.networks = { ...machine.networks, wired: { address: '10.0.0.7', internet: true } };
  await page.goto(`${setupUrl}setup/network/`);
  await heading(text.network.heading_wired).waitFor();
  await page.getByText('10.0.0.7').waitFor();
  await button(text.network.use_cable).click();
  await heading(text.answer.heading).waitFor();
});

test('the owner of a machine that lost its network is led to choosing one', async () => {
  const { page } = browser;
  const { machine, setupUrl, lanUrl } = preview;
  preview.onSetupNetwork();
  machine.claimed('done');
  machine.setup = { ...machine.setup, state: 'claimed-recovering', signed_in: false };
  await page.goto(setupUrl);
  await page.getByText(text.sign_in.lost_title).waitFor();
  await page.getByLabel(text.sign_in.name).fill(OWNER.name);
  await page.getByLabel(text.sign_in.password, { exact: true }).fill(PASSWORD);
  await button(text.sign_in.submit).click();
  await heading(text.net_view.heading).waitFor();
  await page.getByText(text.net_view.none_lost).waitFor();
  await expectAccessible(page, 'network lost');
  await page.goto(setupUrl);
  await page.getByText(text.dash.lost_title).waitFor();
  await page.getByRole('link', { name: text.dash.lost_link }).click();
  await button(/^Maple Password/).click();
  await page.getByLabel(text.network.password, { exact: true }).fill(PASSWORD);
  await button('Join Maple').click();
  await page.waitForURL(`${lanUrl}sign-in/`);
});

test('a version is found, installed beside the running one and started', async () => {
  const { page } = browser;
  const { machine, lanUrl } = preview;
  machine.claimed('done');
  await page.goto(`${lanUrl}machine/#/updates`);
  await heading(text.updates.heading).waitFor();
  await page.getByText('until 30 Nov 2031').waitFor();
  await button(text.updates.check).click();
  await page.getByRole('heading', { name: 'Version 13 is ready to install' }).waitFor();
  await page.getByText('CVE-2026-41922').waitFor();
  await expectAccessible(page, 'update found');
  await picture(page, 'update-phone');
  await page.getByText(text.updates.later, { exact: true }).click();
  await button(text.updates.later_7).click();
  await page.getByText(/^Waiting until/).waitFor();
  await button(text.updates.postpone_end).click();
  await page.getByLabel(text.updates.automatic).uncheck();
  await page.getByText(text.updates.automatic_off).waitFor();
  expect(machine.appliance.update.automatic).toBe(false);

  await button(text.updates.install).click();
  await page.getByRole('progressbar').waitFor();
  await expectAccessible(page, 'installing');
  await page.getByRole('heading', { name: 'Version 13 is installed' }).waitFor();
  await button(text.updates.restart_now).click();
  await heading(/is restarting into its new version/).waitFor();
  await heading(text.updates.heading).waitFor();
  await page.getByText('13, of 9 Nov 2026').waitFor();
});

test('a version that was taken back says why', async () => {
  const { page } = browser;
  const { machine, lanUrl } = preview;
  machine.claimed('done');
  const reason = 'It started three times and did not answer within four minutes.';
  const last = { version: '13', at: '2026-11-10T03:20:00.000Z', outcome: 'rolled-back', reason } as const;
  machine.appliance.update = { ...machine.appliance.update, last };
  await page.goto(`${lanUrl}machine/#/updates`);
  await page.getByText('Version 13 did not work, and the machine went back to 12.').waitFor();
  await page.getByText(reason).waitFor();
});

test('the disk key is shown once, after the password', async () => {
  const { page } = browser;
  const { machine, lanUrl } = preview;
  machine.claimed('done');
  await page.goto(`${lanUrl}machine/#/machine`);
  await page.getByText(text.machine.self_title).waitFor();
  await expectAccessible(page, 'this machine');
  await picture(page, 'machine-phone');
  const password = page.getByLabel(text.disk_key.password, { exact: true }).first();
  await password.fill('not the password');
  await button(text.disk_key.make).click();
  await page.getByText(text.form.password_wrong_title).waitFor();
  await password.fill(PASSWORD);
  await button(text.disk_key.make).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('cbdefghi-jklnrtuv', { exact: false }).first().waitFor();
  await page.keyboard.press('Escape');
  expect(await dialog.isVisible(), 'only its own button closes it').toBe(true);
  await dialog.getByLabel(text.disk_key.kept).check();
  await button(text.disk_key.done, dialog).click();
  await page.getByText(text.disk_key.again).waitFor();
  expect(await page.getByText('cbdefghi-jklnrtuv').count()).toBe(0);
});

test('a certificate is judged, installed and taken back', async () => {
  const { page } = browser;
  preview.machine.claimed('done');
  await page.goto(`${preview.lanUrl}machine/#/machine`);
  await button(text.certificate.install).click();
  await page.getByText(text.certificate.plain_title).waitFor();
  const chain = page.getByLabel(text.certificate.chain, { exact: true });
  await chain.fill('-----BEGIN PRIVATE KEY-----');
  await button(text.certificate.submit).click();
  await page.getByText(text.certificate.error_swapped).waitFor();
  await page.getByText(text.certificate.error_key).waitFor();
  await chain.fill('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----');
  await page
    .locator('input[type=file]')
    .nth(1)
    .setInputFiles({
      name: 'key.pem',
      mimeType: 'application/x-pem-file',
      buffer: Buffer.from('-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n'),
    });
  await button(text.certificate.submit).click();
  await page.getByText(text.certificate.changed_title).waitFor();
  await page.getByText('ai.example.com').waitFor();
  await button(text.certificate.go_back).click();
  await page.getByText('b3iq-n7k4.local, 192.168.1.20').waitFor();
});

test('emptying asks for the name and the password, once, and says what goes and what stays', async () => {
  const { page } = browser;
  const { machine, lanUrl } = preview;
  machine.claimed('done');
  await page.goto(`${lanUrl}machine/#/machine`);
  await button(text.reset.open).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(text.reset.goes_body).waitFor();
  await dialog.getByText(text.reset.stays_body).waitFor();
  await expectAccessible(page, 'factory reset');
  await dialog.getByLabel(text.reset.password, { exact: true }).fill(PASSWORD);
  await button(text.reset.confirm, dialog).click();
  await dialog.getByText('Type the name exactly: B3IQ-N7K4').waitFor();
  expect(machine.isOff).toBe(false);
  await dialog.getByLabel('Type B3IQ-N7K4 to confirm').fill('b3iq-n7k4');
  await button(text.reset.confirm, dialog).click();
  await heading(/is being emptied/).waitFor();
  await expectAccessible(page, 'being emptied');
});

test('a Host has none of it', async () => {
  const { page } = browser;
  const { machine, lanUrl } = preview;
  machine.claimed('done');
  machine.setup = { ...machine.setup, kind: 'host', network_step: false };
  await page.goto(`${lanUrl}machine/#/updates`);
  await page.waitForURL(lanUrl);
  await page.getByRole('navigation', { name: text.dash.nav }).getByText(text.dash.keys).first().waitFor();
  for (const name of [text.dash.network, text.dash.updates, text.dash.machine])
    expect(await page.getByRole('link', { name, exact: true }).count(), name).toBe(0);
});
