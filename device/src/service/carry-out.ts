/**
 * Carries a service's plan out: writes the file, runs the commands, takes both back.
 * Separate from the plan, which says what; this alone touches the disk and the manager, and never a file that a person changed.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CodedError } from '../errors.ts';
import { syncFolder, writeDurably } from '../os/files.ts';
import { encoded, type FileState, stateOf } from './mark.ts';
import type { Computer } from './port.ts';
import type { ServicePlan, Step } from './types.ts';

/** A sentence on what is done next, for whoever watches. */
export type Say = (sentence: string) => Promise<void>;

export type Installed =
  | { readonly kind: 'installed' | 'renewed' | 'unchanged' }
  /** The file is not as we wrote it, and was kept. Nothing was done. */
  | { readonly kind: 'kept' };
export type Removed =
  | { readonly kind: 'removed' | 'absent' }
  /** The service was stopped; its file is not as we wrote it, and was kept. */
  | { readonly kind: 'kept' };

/** The file on this disk, against the plan. @throws service_step_failed when it cannot be read */
export async function lookAt({ file }: ServicePlan): Promise<FileState> {
  const found = await readFile(file.path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw failed(`${file.path} cannot be read (${error.code}).`, error);
  });
  return stateOf(file, found);
}

/** Twice is the same as once. @throws service_step_failed naming the step */
export async function install(plan: ServicePlan, computer: Computer, say: Say): Promise<Installed> {
  const before = await lookAt(plan);
  if (before === 'changed') return { kind: 'kept' };
  if (before === 'current') {
    await runAll(plan.ensure, computer, say);
    return { kind: 'unchanged' };
  }
  await say(`Writing ${plan.file.path}`);
  try {
    for (const { path, mode } of plan.folders) await mkdir(path, { recursive: true, mode });
    await writeDurably(plan.file.path, encoded(plan.file), plan.file.mode);
  } catch (error) {
    throw failed(`${plan.file.path} cannot be written (${codeOf(error)}).`, error);
  }
  await runAll(plan.start, computer, say);
  return { kind: before === 'absent' ? 'installed' : 'renewed' };
}

/** Stops the service and removes its file; the state folder is nobody's business here. @throws service_step_failed */
export async function uninstall(plan: ServicePlan, computer: Computer, say: Say): Promise<Removed> {
  const before = await lookAt(plan);
  if (before === 'absent') return { kind: 'absent' };
  await runAll(plan.stop, computer, say);
  if (before === 'changed') return { kind: 'kept' };
  await say(`Removing ${plan.file.path}`);
  try {
    await rm(plan.file.path);
    await syncFolder(dirname(plan.file.path));
  } catch (error) {
    throw failed(`${plan.file.path} cannot be removed (${codeOf(error)}).`, error);
  }
  await runAll(plan.forget, computer, say);
  return { kind: 'removed' };
}

/** Whether the manager runs it now. */
export async function isRunning(plan: ServicePlan, computer: Computer): Promise<boolean> {
  const { status, output } = await computer.run(plan.ask);
  return status === 0 && (plan.runningSays === undefined || output.includes(plan.runningSays));
}

async function runAll(steps: readonly Step[], computer: Computer, say: Say): Promise<void> {
  for (const step of steps) {
    await say(step.says);
    const { status, output } = await computer.run(step);
    if (status === 0 || step.mayFail === true) continue;
    const how = status === undefined ? 'could not be run or took too long' : `ended with status ${status}`;
    const said = output.trim().split('\n').at(-1)?.trim() ?? '';
    throw failed(
      `\`${step.argv.join(' ')}\` ${how}.${said === '' ? '' : ` It said: ${said.replace(/\.$/, '')}.`} Run the same again once that is mended.`,
    );
  }
}

const failed = (detail: string, cause?: unknown): CodedError =>
  new CodedError('service_step_failed', detail, { cause });
const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
