/**
 * Which of the two settings files counts, and how an old one comes up to date. Pure.
 * Separate because a wrong choice here would silently turn an owned machine into an unclaimed one.
 */
import type { FileState, Format, Migration, OpenPlan } from './types.ts';

/**
 * The file to use at start. An existing but unreadable pair is `corrupt`, never `fresh`.
 * A newer main file wins over any copy: going back is a decision for a person.
 */
export function planOpen<T>(main: FileState<T>, copy: FileState<T>): OpenPlan<T> {
  if (main.kind === 'newer') return main;
  if (main.kind === 'current' || main.kind === 'older')
    return { kind: 'use', from: 'main', file: main, aside: copy.kind === 'damaged' ? 'copy' : 'none' };
  if (copy.kind === 'newer') return copy;
  if (copy.kind === 'current' || copy.kind === 'older')
    return { kind: 'use', from: 'copy', file: copy, aside: main.kind === 'damaged' ? 'main' : 'none' };
  if (main.kind === 'absent' && copy.kind === 'absent') return { kind: 'fresh' };
  const reasons = [
    main.kind === 'damaged' ? `settings.json: ${main.reason}` : 'settings.json is missing',
    copy.kind === 'damaged'
      ? `settings.last-good.json: ${copy.reason}`
      : 'settings.last-good.json is missing',
  ];
  return { kind: 'corrupt', reason: reasons.join('; ') };
}

/** The steps from `version` to `target`, in order, or `undefined` when one is missing. */
export function planMigrations(
  migrations: readonly Migration[],
  version: number,
  target: number,
): readonly Migration[] | undefined {
  const steps: Migration[] = [];
  for (let from = version; from < target; from++) {
    const step = migrations.find((m) => m.from === from);
    if (step === undefined) return undefined;
    steps.push(step);
  }
  return steps;
}

/** The value after all steps, checked strictly; `undefined` when a step fails on it or it does not fit the schema. */
export function migrate<T>(raw: unknown, steps: readonly Migration[], format: Format<T>): T | undefined {
  try {
    return format.schema.parse(steps.reduce((value, step) => step.up(value), raw));
  } catch {
    return undefined; // a file nobody wrote by our rules; the caller says so and leaves it as it is
  }
}

/**
 * The value in the older form, for a version on trial: the version before it must be able to read every file.
 * @param steps  as they led up from the older form
 * @returns undefined when the older form cannot say it: going up again would not give the same value
 */
export function migrateBack<T>(
  value: T,
  steps: readonly Migration[],
  format: Format<T>,
): { readonly raw: unknown } | undefined {
  try {
    const raw = steps.reduceRight<unknown>((newer, { down }) => {
      if (down === undefined) throw new Error('there is no way back');
      return down(newer);
    }, value);
    return JSON.stringify(migrate(raw, steps, format)) === JSON.stringify(value) ? { raw } : undefined;
  } catch {
    return undefined; // no way back for this value; the caller says so and leaves the file as it is
  }
}

/** The sentence the owner reads after a repair, or `undefined` when nothing was repaired. */
export function repairNotice<T>(plan: OpenPlan<T>, keptAs: string | undefined): string | undefined {
  if (plan.kind !== 'use') return undefined;
  const kept = keptAs === undefined ? '' : ` The damaged file is kept as ${keptAs}.`;
  if (plan.from === 'copy')
    return `The settings file was damaged or missing and has been restored from its last good copy of ${plan.file.savedAt.slice(0, 16).replace('T', ' ')} UTC.${kept} Check that your keys and settings are as you left them.`;
  if (plan.aside === 'copy')
    return `The spare copy of the settings was damaged and has been made again.${kept} Nothing was lost.`;
  return undefined;
}

/** How many damaged files are kept; more would fill a disk that keeps failing. */
export const DAMAGED_KEPT = 5;

/** The number for the next `settings.damaged-<n>.json`, and which older ones go. */
export function planAside(existing: readonly number[]): {
  readonly next: number;
  readonly remove: readonly number[];
} {
  const next = Math.max(0, ...existing) + 1;
  return { next, remove: existing.filter((n) => n <= next - DAMAGED_KEPT) };
}
