/**
 * Chooses between hardware virtualisation and software emulation.
 * Separate because `/dev/kvm` alone says little: under some hypervisors it is there, and guests crash or crawl in it.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { exists } from './folder.ts';
import { Guest } from './guest.ts';
import { ACCELERATORS, type Accelerator } from './types.ts';

/** A working one reaches the shell in 15–30 s; what needs longer is no faster than emulation. */
const PROBE_MS = 60_000;

/**
 * `kvm` only if this image has really started under it here; the finding is kept in `remembered` for this computer.
 * @param wanted  overrides, such as from the environment
 */
export async function chooseAccelerator(options: {
  readonly image: string;
  readonly remembered: string;
  readonly wanted: string | undefined;
  readonly say: (line: string) => void;
}): Promise<Accelerator> {
  const wanted = ACCELERATORS.find((name) => name === options.wanted);
  if (wanted !== undefined) return wanted;
  if (options.wanted !== undefined)
    throw new Error(`B3IQ_VM_ACCELERATOR is ${options.wanted}, expected one of ${ACCELERATORS.join(', ')}`);
  if (!(await exists('/dev/kvm'))) return 'tcg';
  const here = `${cpus()[0]?.model} ${release()}`;
  const known = await readFile(options.remembered, 'utf8').catch(() => '');
  const found = ACCELERATORS.find((name) => known === `${here}\n${name}\n`);
  if (found !== undefined) return found;
  options.say(
    'This computer offers /dev/kvm. Trying whether the image really starts under it (at most a minute).',
  );
  const works = await startsUnderKvm(options.image);
  options.say(works ? 'It does.' : 'It does not: the machine is emulated in software, which takes minutes.');
  const accelerator = works ? 'kvm' : 'tcg';
  await mkdir(dirname(options.remembered), { recursive: true });
  await writeFile(options.remembered, `${here}\n${accelerator}\n`);
  return accelerator;
}

async function startsUnderKvm(image: string): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'b3iq-probe-'));
  const spec = { accelerator: 'kvm', patience: 1, cpus: 2, memoryMb: 2048, ports: [] } as const;
  const guest = await Guest.new({ folder, image, diskGb: 6, spec });
  try {
    await guest.switchOn();
    await guest.untilShell(PROBE_MS);
    return !/Kernel panic|Oops/.test(guest.console.text);
  } catch {
    return false;
  } finally {
    await guest.remove();
    await rm(folder, { recursive: true, force: true });
  }
}
