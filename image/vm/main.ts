/**
 * `make vm`: the image in a virtual machine on this computer, its console here, its setup page in the browser.
 * Separate from the tests' runner, which it uses: a person wants one machine that stays as they left it.
 */
import { spawn } from 'node:child_process';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseAccelerator } from './accelerator.ts';
import { diskImageIn, readVmConfig } from './config.ts';
import { exists } from './folder.ts';
import { Guest } from './guest.ts';
import { freePort } from './ports.ts';
import { FILES } from './types.ts';
import { until } from './until.ts';

const say = (line: string) => process.stderr.write(`${line}\n`);
const { values } = parseArgs({ options: { fresh: { type: 'boolean', default: false } } });
const config = readVmConfig();
const image = diskImageIn(config.imageFolder);
const folder = join(config.cache, 'mine');
const ports = [
  { host: await freePort(8080), guest: 80 },
  { host: await freePort(8443), guest: 443 },
  { host: await freePort(8831), guest: 8831 },
];

const guest = await machine();
process.stdin.setRawMode?.(true);
process.stdin.on('data', (keys: Buffer) => {
  // Ctrl-] as with telnet: Ctrl-C may be meant for the machine.
  if (keys.includes(0x1d)) void guest.pressPowerButton();
  else guest.console.type(keys.toString());
});
guest.console.onText = (text) => process.stdout.write(text);
say(`Starting ${image}. Keys go to its console; Ctrl-] presses its power button.`);
say(
  `Its setup page will be at http://localhost:${ports[0]?.host}/ (443 at ${ports[1]?.host}, 8831 at ${ports[2]?.host}).`,
);
await guest.switchOn();
void openBrowser(`http://localhost:${ports[0]?.host}/`);
await guest.untilOff(2 ** 31 - 1);
process.stdin.setRawMode?.(false);
say('Kept as it is; `make vm` goes on with it, `make vm FRESH=1` begins anew.');
process.exit(0);

/** The machine of last time, or a new one. */
async function machine(): Promise<Guest> {
  if (!values.fresh && (await exists(join(folder, FILES.spec)))) return Guest.again(folder, ports);
  const accelerator = await chooseAccelerator({
    image,
    remembered: join(config.cache, 'accelerator'),
    wanted: config.accelerator,
    say,
  });
  const spec = {
    accelerator,
    patience: config.patience,
    cpus: Math.min(4, cpus().length),
    memoryMb: 3072,
    ports,
  };
  return Guest.new({ folder, image, diskGb: 16, spec });
}

/** Opens the page as soon as somebody answers; a computer without a browser is told the address above. */
async function openBrowser(url: string): Promise<void> {
  await until('the setup page', async () => (await fetch(url)).ok, { timeoutMs: 600_000, everyMs: 2_000 });
  say(`\r\nThe setup page answers: ${url}\r`);
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(opener, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
