/**
 * Where the runner finds images and keeps machines: the only reader of its environment.
 * Separate so that every other file is told what it needs.
 */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface VmConfig {
  /** Folder of the image to run: `dist/image/test`, made by `make image PROFILE=test`. */
  readonly imageFolder: string;
  /** A newer version of the same, for updates: `dist/image/test-next`. */
  readonly nextImageFolder: string;
  /** What was laid into the image, made by `make dist`. */
  readonly tree: string;
  /** Machines and saved machines; may be deleted at any time. */
  readonly cache: string;
  /** `tcg` or `kvm`; unset means: find out. */
  readonly accelerator: string | undefined;
  /** Multiplies every time limit, for a computer that is busy with other things. */
  readonly patience: number;
}

const TOP = fileURLToPath(new URL('../..', import.meta.url));

/** @param env  B3IQ_VM_IMAGE, B3IQ_VM_NEXT_IMAGE, B3IQ_VM_CACHE, B3IQ_VM_ACCELERATOR, B3IQ_VM_PATIENCE */
export const readVmConfig = (env: NodeJS.ProcessEnv = process.env): VmConfig => ({
  imageFolder: resolve(TOP, env.B3IQ_VM_IMAGE ?? 'dist/image/test'),
  nextImageFolder: resolve(TOP, env.B3IQ_VM_NEXT_IMAGE ?? 'dist/image/test-next'),
  tree: resolve(TOP, 'dist/tree'),
  cache: resolve(TOP, env.B3IQ_VM_CACHE ?? '.cache/vm'),
  accelerator: env.B3IQ_VM_ACCELERATOR,
  patience: Number(env.B3IQ_VM_PATIENCE ?? 1) || 1,
});

/** The disk image in a folder. @throws Error saying which command makes one */
export function diskImageIn(folder: string): string {
  const found = listed(folder).filter((name) => /^b3iq_[1-9]\d*\.raw$/.test(name));
  const [name] = found;
  if (name === undefined || found.length > 1)
    throw new Error(
      `Expected one b3iq_<version>.raw in ${folder}, found ${found.length}. \`make vm-test\` builds it.`,
    );
  return join(folder, name);
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
