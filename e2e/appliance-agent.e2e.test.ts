/** The pages on the real agent as the image starts it: sealed label, simulated radio, and a `systemctl` that takes notes. */
import {
  LABEL,
  LOCAL,
  type MachineFolder,
  newMachine,
  type RunningAppliance,
  startAppliance,
} from '@b3iq/device/src/appliance/device/rig.ts';
import { waitFor } from '@b3iq/device/src/os/wait-for.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Browser, expectAccessible, openBrowser } from './support/browser.ts';
import { OWNER, text } from './support/wizard.ts';

let machine: MachineFolder;
let agent: RunningAppliance;
let browser: Browser;
beforeEach(async () => {
  machine = await newMachine();
  agent = await startAppliance(machine);
  browser = await openBrowser({ size: 'phone' });
});
afterEach(async () => {
  await browser.close();
  await agent.stop('SIGKILL');
  await machine.remove();
});

const heading = (name: string | RegExp) => browser.page.getByRole('heading', { name, level: 1 }).waitFor();
const button = (name: string | RegExp) =>
  browser.page.getByRole('button', { name, exact: typeof name === 'string' });
const url = (path: string) => `http://${LOCAL}:${agent.ports.http}${path}`;

async function typeClaim(code: string): Promise<void> {
  const { page } = browser;
  await page.getByLabel(text.claim.secret_label).fill(code);
  await page.getByLabel(text.claim.name).fill(OWNER.name);
  await page.getByLabel(text.claim.password, { exact: true }).fill(OWNER.password);
  await page.getByLabel(text.claim.password_again).fill(OWNER.password);
  await button(text.claim.submit).click();
}

test('from the label to a joined network, then the box’s own page', async () => {
  const { page } = browser;
  await page.goto(url('/'));
  await heading(text.welcome.heading);
  await page
    .getByRole('link', { name: text.welcome.start })
    .or(page.getByRole('link', { name: text.welcome.start_anyway }))
    .click();
  await heading(text.claim.heading);
  await typeClaim('AAAA-AAAA');
  await page.getByText(text.claim.wrong_label_title).waitFor();
  await typeClaim(
    `${LABEL.claimSecret.slice(0, 4).toLowerCase()} ${LABEL.claimSecret.slice(4).toLowerCase()}`,
  );
  await heading(text.recovery.heading);
  await page.getByLabel(text.recovery.kept).check();
  await button(text.recovery.continue).click();

  await heading(text.network.heading);
  await button(/^Maple Password/).click();
  await page.getByText(`http://${LOCAL}/`).waitFor();
  await page.getByLabel(text.network.password, { exact: true }).fill('correct horse');
  await button('Join Maple').click();
  await heading(/^Joining “Maple”/);
  await page.getByText(text.network.over_title).waitFor();
  await heading(text.network.joined_heading);
  await expectAccessible(page, 'joined');
  await button(text.network.continue).click();
  await heading(text.answer.heading);

  await page.goto(url('/machine/#/network'));
  await heading(text.net_view.heading);
  await page.getByText('192.168.20.').first().waitFor();
  await page.goto(url('/machine/#/updates'));
  await heading(text.updates.heading);
  await page.getByText(text.updates.version_now, { exact: true }).waitFor();
  await expectAccessible(page, 'updates');

  await page.goto(url('/machine/#/machine'));
  await page.getByText(text.machine.self_title).waitFor();
  await page.getByText(/^(?:[0-9A-F]{2}:){8}/).waitFor();
  await expectAccessible(page, 'this machine');
  await button(text.power.restart).click();
  await page.getByRole('dialog').getByRole('button', { name: text.power.restart }).click();
  await heading(/is restarting$/);
  expect(await machine.units()).toContain('b3iq-restart.service');
});

test('emptying needs the right password, and then the machine is asked to go', async () => {
  const { page } = browser;
  const claimed = await agent.ask('http', '/api/setup/claim', {
    method: 'POST',
    body: { secret: LABEL.claimSecret, owner: OWNER },
  });
  expect(claimed.status).toBe(201);
  await page.goto(url('/sign-in/'));
  await page.getByLabel(text.sign_in.name).fill(OWNER.name);
  await page.getByLabel(text.sign_in.password, { exact: true }).fill(OWNER.password);
  await button(text.sign_in.submit).click();
  await heading(text.recovery.again_heading);
  await page.goto(url('/machine/#/machine'));
  await button(text.reset.open).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(`Type ${LABEL.name} to confirm`).fill(LABEL.name);
  await dialog.getByLabel(text.reset.password, { exact: true }).fill('not the password');
  await button(text.reset.confirm).click();
  await dialog.getByText(text.form.password_wrong_title).waitFor();
  expect(await machine.units()).not.toContain('b3iq-factory-reset');
  await dialog.getByLabel(text.reset.password, { exact: true }).fill(OWNER.password);
  await button(text.reset.confirm).click();
  await heading(/is being emptied$/);
  await waitFor(async () => (await machine.units()).includes('b3iq-factory-reset'), {
    timeoutMs: 10_000,
    what: 'the reset to be asked for',
  });
});
