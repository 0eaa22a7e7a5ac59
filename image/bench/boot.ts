/**
 * `make vm-bench`: how long the appliance takes from power-on to its setup page and to its first answer, beside a bare Debian
 * of the same kernel on the same virtual hardware, in turn, several times over.
 * Separate from the boot tests: a time on a shared computer says nothing alone, and no test may fail for it.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownedByCable } from '../test/support/owned.ts';
import { image } from '../test/support/prepared.ts';
import { readVmConfig } from '../vm/config.ts';
import { Guest } from '../vm/guest.ts';

const ROUNDS = 3;
const config = readVmConfig();
const BARE = fileURLToPath(new URL('../../dist/image/bare-debian/bare-debian.raw', import.meta.url));
const say = (line: string) => process.stderr.write(`${line}\n`);

/** Seconds from power-on, and systemd's own first line about the start. */
interface BareStart {
  readonly multiUser: number;
  readonly analyze: string;
}
interface ApplianceStart {
  readonly page: number;
  readonly answer: number;
  readonly analyze: string;
}
interface Round {
  readonly bare: BareStart;
  readonly appliance: ApplianceStart;
}

const seconds = (since: number) => Math.round((performance.now() - since) / 100) / 10;
const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

async function settled(guest: Guest): Promise<string> {
  await guest.run('systemctl is-system-running --wait', guest.limits.bootMs * 2);
  return guest.must('systemd-analyze --no-pager | head -n 1');
}

/** Until every unit that a start waits for has started: the moment a login prompt is there. */
async function startBare(guest: Guest): Promise<BareStart> {
  const begun = performance.now();
  await guest.switchOn();
  await guest.untilShell(guest.limits.bootMs * 2);
  await guest.until('multi-user.target', 'systemctl is-active multi-user.target', guest.limits.bootMs);
  const multiUser = seconds(begun);
  const analyze = await settled(guest);
  await guest.switchOff();
  return { multiUser, analyze };
}

/** Asks from inside, as soon as there is a shell: forwarded ports answer before the guest has an address. */
async function startAppliance(guest: Guest, key: string): Promise<ApplianceStart> {
  const begun = performance.now();
  const patience = guest.limits.bootMs * 3;
  await guest.switchOn();
  await guest.untilShell(patience);
  const asked = 'curl --fail --silent --max-time 60 --output /run/answer';
  await guest.must(`until ${asked} http://127.0.0.1/setup/; do sleep 0.2; done`, patience);
  const page = seconds(begun);
  await guest.must(
    `umask 077; echo 'authorization: Bearer ${key}' >/run/key
     api=http://127.0.0.1:8831/v1
     until ${asked} --header @/run/key $api/models; do sleep 0.2; done
     model=$(sed -E 's/.*"id":"([^"]+)".*/\\1/' /run/answer)
     echo '{"model":"'"$model"'","messages":[{"role":"user","content":"Say hello."}],"max_tokens":8}' >/run/question
     until ${asked} --header @/run/key --json @/run/question $api/chat/completions; do sleep 0.2; done`,
    patience,
  );
  const answer = seconds(begun);
  const analyze = await settled(guest);
  await guest.switchOff();
  return { page, answer, analyze };
}

const load = async () => (await readFile('/proc/loadavg', 'utf8')).trim();
const loadBefore = await load();
const { guest: appliance, owner } = await ownedByCable();
const key = await owner.key();
await appliance.switchOff();

const folder = join(config.cache, 'running', 'bare-debian');
await mkdir(join(folder, '..'), { recursive: true });
const { accelerator, patience, cpus, memoryMb } = appliance.spec;
const bare = await Guest.new({
  folder,
  image: BARE,
  diskGb: 8,
  spec: { accelerator, patience, cpus, memoryMb, ports: [] },
});
say('First start of the bare Debian: not counted.');
await startBare(bare);

const starts: Round[] = [];
for (let round = 1; round <= ROUNDS; round += 1) {
  const bareStart = await startBare(bare);
  const applianceStart = await startAppliance(appliance, key);
  starts.push({ bare: bareStart, appliance: applianceStart });
  say(`${round}: ${JSON.stringify({ bare: bareStart, appliance: applianceStart })}`);
}
await appliance.remove();
await bare.remove();

const of = (what: (round: Round) => number) => median(starts.map(what));
const peer = of(({ bare }) => bare.multiUser);
const page = of(({ appliance }) => appliance.page);
const answer = of(({ appliance }) => appliance.answer);
/** Of each round to its own peer: what the computer was busy with lay on both. */
const ratio = (what: (start: ApplianceStart) => number) =>
  Math.round(of(({ bare, appliance }) => what(appliance) / bare.multiUser) * 100) / 100;
const result = {
  at: new Date().toISOString(),
  image: image(),
  accelerator,
  cpus,
  rounds: ROUNDS,
  load_before_and_after: [loadBefore, await load()],
  bare_debian_s: peer,
  setup_page_s: page,
  first_answer_s: answer,
  setup_page_ratio: ratio(({ page }) => page),
  first_answer_ratio: ratio(({ answer }) => answer),
  starts,
};
await writeFile(join(config.cache, 'boot-bench.json'), `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`${JSON.stringify({ ...result, starts: undefined }, null, 2)}\n`);
process.exit(0);
