/**
 * Machines in the states tests begin from, each made once for an image and kept: a boot takes minutes, going on from a
 * kept machine seconds.
 * Separate so that a test file says what it needs and does not care who made it.
 */
import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { chooseAccelerator } from '../../vm/accelerator.ts';
import { diskImageIn, readVmConfig } from '../../vm/config.ts';
import { exists } from '../../vm/folder.ts';
import { Guest } from '../../vm/guest.ts';
import { FILES, type MachineSpec } from '../../vm/types.ts';
import { note } from './record.ts';

const config = readVmConfig();

/**
 * `unclaimed`: started twice, running, nobody has set it up. `claimed`: an owner, joined over Wi-Fi, running.
 * `writing`: claimed, in the middle of writing the next version. `ready`: that version waits for its first start.
 */
export type State = 'unclaimed' | 'claimed' | 'writing' | 'ready';

/** The image under test. */
export const image = (): string => diskImageIn(config.imageFolder);
/** The next version of it, for updates. */
export const nextImageFolder = (): string => config.nextImageFolder;

/** A machine out of the box, switched off. @param disk  `empty`: nobody has put a system on it yet */
export async function newGuest(
  difference: Partial<MachineSpec> = {},
  disk: 'image' | 'empty' = 'image',
): Promise<Guest> {
  const path = image();
  const accelerator = await chooseAccelerator({
    image: path,
    remembered: join(config.cache, 'accelerator'),
    wanted: config.accelerator,
    say: (line) => process.stderr.write(`${line}\n`),
  });
  const guest = await Guest.new({
    folder: runningFolder(),
    image: disk === 'image' ? path : undefined,
    diskGb: 8,
    spec: {
      accelerator,
      patience: config.patience,
      cpus: Math.min(2, cpus().length),
      // As `make vm` has it: what the system wants for itself, and room for a small model beside the machine's own.
      memoryMb: 3072,
      ports: [],
      ...difference,
    },
  });
  return watched(guest);
}

/** A running machine in the state `name`. @throws Error when no test has made that state yet */
export async function guestIn(
  name: State,
  ports: MachineSpec['ports'] = [],
  updatesPort?: number,
): Promise<Guest> {
  const at = await savedAt(name);
  if (!(await exists(join(at, FILES.spec))))
    throw new Error(`No machine is kept as "${name}" for this image: run the boot tests in their order.`);
  const guest = watched(await Guest.from(at, runningFolder(), ports));
  if (updatesPort !== undefined) guest.change({ updatesPort });
  await guest.switchOn();
  await guest.untilShell();
  return guest;
}

/** Keeps the machine as the state `name`, together with all that was made from an older one. */
export async function keepAs(name: State, guest: Guest): Promise<void> {
  if (name === 'unclaimed') await rm(join(await savedAt(name), '..'), { recursive: true, force: true });
  await writeDown(guest);
  open.delete(guest);
  await guest.keep(await savedAt(name));
}

/** One folder for each build of the image; what belonged to others goes. */
async function savedAt(name: State): Promise<string> {
  const path = image();
  const { size, mtimeMs } = await stat(path);
  const build = createHash('sha256').update(`${path} ${size} ${mtimeMs}`).digest('hex').slice(0, 16);
  const saved = join(config.cache, 'saved');
  for (const other of await readdir(saved).catch(() => []))
    if (other !== build) await rm(join(saved, other), { recursive: true, force: true });
  return join(saved, build, name);
}

let made = 0;
const runningFolder = () => {
  made += 1;
  return join(config.cache, 'running', `${process.pid}-${made}`);
};

const open = new Set<Guest>();

function watched(guest: Guest): Guest {
  open.add(guest);
  return guest;
}

/** Ends a machine before its file does: two at a time slow each other down. */
export async function done(guest: Guest): Promise<void> {
  open.delete(guest);
  await writeDown(guest);
  await guest.remove();
}

/**
 * Once at the top of each test file: nothing is left running, and a failure shows what the machines said last.
 * @param each  every test has machines of its own: one that failed must not slow the next
 */
export function machines(each?: 'each test its own'): void {
  const end = async () => {
    for (const guest of open) await done(guest);
  };
  afterEach(async (context) => {
    const { name, result } = context.task;
    if (result?.state === 'fail') {
      // The runner's own report comes an hour later, when all files are done.
      for (const { message } of result.errors ?? [])
        process.stderr.write(`--- failed: "${name}": ${message}\n`);
      for (const guest of open)
        process.stderr.write(`--- the console's end in "${name}":\n${guest.console.tail(60)}\n---\n`);
    }
    if (each !== undefined) await end();
  });
  afterAll(end);
}

async function writeDown(guest: Guest): Promise<void> {
  for (const boot of guest.records) await note('boots', { ...boot });
  if (guest.emulationFaults > 0) await note('emulation_faults', { count: guest.emulationFaults });
}
