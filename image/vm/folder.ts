/**
 * A machine's files: made new from an image, kept as a saved machine, made again from a saved one.
 * Separate because disk, TPM and firmware variables belong together: a copy of one alone unlocks nothing.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { diskCommand, tpmSetupCommand } from './plan.ts';
import { FILES, type MachineSpec } from './types.ts';

const execute = promisify(execFile);

const FIRMWARE = {
  code: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd',
  // In setup mode: the image enrols its own keys at the first start.
  variables: '/usr/share/OVMF/OVMF_VARS_4M.fd',
} as const;

/** A machine that has never been switched on. `diskGb` is the whole disk; the image, if there is one, fills its beginning. */
export async function newFolder(options: {
  readonly folder: string;
  readonly image: string | undefined;
  readonly diskGb: number;
  readonly spec: Omit<MachineSpec, 'folder' | 'sockets' | 'uuid' | 'firmware'>;
}): Promise<MachineSpec> {
  const { folder, image } = options;
  await mkdir(join(folder, FILES.tpmState), { recursive: true });
  const base = image === undefined ? undefined : ({ path: image, format: 'raw' } as const);
  await run(diskCommand(join(folder, FILES.disk), base, options.diskGb));
  await copyFile(FIRMWARE.variables, join(folder, FILES.variables));
  await run(tpmSetupCommand(folder));
  const spec = {
    ...options.spec,
    folder,
    sockets: await newSockets(),
    uuid: randomUUID(),
    firmware: FIRMWARE,
  };
  await writeSpec(folder, spec);
  return spec;
}

/** A machine that was made in `folder` before and is switched off: it goes on as it is. */
export async function folderAgain(folder: string, ports: MachineSpec['ports']): Promise<MachineSpec> {
  return { ...(await readSpec(folder)), folder, sockets: await newSockets(), ports };
}

/**
 * Keeps a stopped machine under `target`, which appears whole or not at all. The machine's own disk becomes the saved
 * one, so its folder cannot be used further.
 */
export async function keepFolder(spec: MachineSpec, target: string): Promise<void> {
  const draft = `${target}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  for (const file of [FILES.disk, FILES.variables, FILES.tpmState, FILES.memory, FILES.consoleLog])
    if (await exists(join(spec.folder, file))) await rename(join(spec.folder, file), join(draft, file));
  await writeSpec(draft, spec);
  await rm(target, { recursive: true, force: true });
  await rename(draft, target);
}

/** A machine in `folder` that goes on from a saved one; any number may go on from the same. */
export async function folderFrom(
  saved: string,
  folder: string,
  ports: MachineSpec['ports'],
): Promise<{ readonly spec: MachineSpec; readonly memory: string | undefined }> {
  await mkdir(folder, { recursive: true });
  const spec = await readSpec(saved);
  await run(diskCommand(join(folder, FILES.disk), { path: join(saved, FILES.disk), format: 'qcow2' }));
  await copyFile(join(saved, FILES.variables), join(folder, FILES.variables));
  await cp(join(saved, FILES.tpmState), join(folder, FILES.tpmState), { recursive: true });
  const memory = join(saved, FILES.memory);
  return {
    spec: { ...spec, folder, sockets: await newSockets(), ports },
    memory: (await exists(memory)) ? memory : undefined,
  };
}

/** Whether something by that name is there. */
export const exists = (path: string) =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  );

const writeSpec = (folder: string, spec: MachineSpec) =>
  writeFile(join(folder, FILES.spec), `${JSON.stringify(spec, null, 2)}\n`);

async function readSpec(folder: string): Promise<MachineSpec> {
  return JSON.parse(await readFile(join(folder, FILES.spec), 'utf8')) as MachineSpec; // written by writeSpec
}

const newSockets = () => mkdtemp(join(tmpdir(), 'b3iq-vm-'));

async function run([program = '', ...parameters]: readonly string[]): Promise<void> {
  await execute(program, parameters);
}
