/**
 * Facts of a computer → the one file and the commands that make B3IQ Host a service of it, or why not. Pure.
 * Separate from the three managers' plans, which know how each writes things down: this knows what holds for all.
 */
import { planLaunchd } from './launchd/plan.ts';
import { planSystemd } from './systemd/plan.ts';
import type { ServiceFacts, ServicePlan, ServiceRefusal } from './types.ts';
import { planTask } from './windows/plan.ts';

/** Folders that come and go with a download: a service must not point into them. */
const PASSING = /[\\/]_npx[\\/]/;
/** Nothing of a path belongs there, and no service file has a way to write all of it. U+FFFD stands for what was no text. */
const UNWRITABLE = /[\p{Cc}\p{Zl}\p{Zp}\ufffd\ufffe\uffff]/u;

/** @returns the plan; nothing has been done */
export function planService(facts: ServiceFacts): ServicePlan | ServiceRefusal {
  const refuse = (reason: string): ServiceRefusal => ({ kind: 'refused', reason });
  for (const [what, path] of paths(facts)) {
    if (UNWRITABLE.test(path) || !path.isWellFormed())
      return refuse(
        `The path of ${what} holds characters that no service file can carry. Move it to a plainer path and try again.`,
      );
    if (!isAbsolute(facts, path))
      return refuse(`The path of ${what} is ${path}, which is not absolute. Name it in full.`);
  }
  if (PASSING.test(facts.programPath))
    return refuse(
      'This b3iq-host was fetched by npx and will be cleared away. Install it first: npm install --global FILE',
    );
  switch (facts.manager) {
    case 'systemd':
      return planSystemd(facts);
    case 'launchd':
      return planLaunchd(facts);
    case 'task-scheduler':
      return planTask(facts);
  }
}

function paths(facts: ServiceFacts): readonly (readonly [what: string, path: string])[] {
  const { nodePath, programPath, stateDir, home } = facts;
  return [
    ['Node', nodePath],
    ['b3iq-host', programPath],
    ['your home folder', home],
    ...(stateDir === undefined ? [] : [['the state folder', stateDir] as const]),
  ];
}

const isAbsolute = ({ manager }: ServiceFacts, path: string): boolean =>
  manager === 'task-scheduler' ? /^[A-Za-z]:[\\/]/.test(path) : path.startsWith('/');
