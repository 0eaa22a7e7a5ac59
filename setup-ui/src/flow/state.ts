/**
 * Which page a person belongs on, and what the light says, from the machine's own words alone.
 * Separate and pure so that reload, restart and a second tab are table tests, not browser sessions.
 */
import type { ModelSummary, NodeState, SetupState, SetupStep } from '@b3iq/wire/local-api';
import type { Contact, Decision, Light, Page, StepView } from './types.ts';

const PATHS: Readonly<Record<Page, string>> = {
  welcome: '/setup/',
  claim: '/setup/claim/',
  network: '/setup/network/',
  'first-answer': '/setup/first-answer/',
  endpoint: '/setup/endpoint/',
  'sign-in': '/sign-in/',
  dashboard: '/',
  machine: '/machine/',
  insight: '/insight/',
  models: '/models/',
  benchmark: '/benchmark/',
  receipt: '/receipt/',
};

/** Absolute path of a page on this machine. */
export function pathOf(page: Page): string {
  return PATHS[page];
}

type Whereabouts = Pick<SetupState, 'kind' | 'state' | 'step' | 'signed_in' | 'network_step'>;

/** The one page where the machine expects this person now. */
export function placeFor(setup: Whereabouts): Page {
  if (hasIdentityFault(setup.state)) return 'welcome';
  if (setup.state === 'unclaimed') return setup.step === 'claim' ? 'claim' : 'welcome';
  if (!setup.signed_in) return 'sign-in';
  switch (setup.step) {
    case 'done':
      // Whoever comes to a machine that has lost its network comes to give it one.
      return setup.state === 'claimed-recovering' && setup.kind === 'appliance' ? 'machine' : 'dashboard';
    case 'welcome':
    case 'claim':
      return 'claim';
    case 'network':
      return setup.network_step ? 'network' : 'first-answer';
    default:
      return setup.step;
  }
}

/**
 * Whether `page` may stay on screen. The first two pages are both open until there is an owner; the owner's pages are
 * open to a signed-in owner even when setup is unfinished, because a machine claimed from a terminal is in use.
 * @param fragment  `#…` of the address, carried along between the first two pages only: it holds the setup token
 */
export function decide(page: Page, setup: Whereabouts, fragment = ''): Decision {
  const place = placeFor(setup);
  if (page === place) return { kind: 'stay' };
  if (hasIdentityFault(setup.state))
    return setup.signed_in && isOwnersPage(page, setup) ? { kind: 'stay' } : go(place);
  if (setup.state === 'unclaimed')
    return page === 'welcome' || page === 'claim' ? { kind: 'stay' } : go('welcome', fragment);
  if (isOwnersPage(page, setup) && setup.signed_in) return { kind: 'stay' };
  return go(place);
}

function isOwnersPage(page: Page, { kind }: Whereabouts): boolean {
  return (
    page === 'dashboard' ||
    page === 'insight' ||
    page === 'models' ||
    page === 'benchmark' ||
    page === 'receipt' ||
    (page === 'machine' && kind === 'appliance')
  );
}

function go(page: Page, fragment = ''): Decision {
  return { kind: 'go', path: pathOf(page) + fragment };
}

/** True when the machine's key is gone or damaged; nothing but a repair helps then. */
export function hasIdentityFault(state: NodeState): boolean {
  return state === 'identity-lost' || state === 'identity-corrupt';
}

/** The step after `step` on this machine. */
export function nextStep(step: SetupStep, hasNetworkStep: boolean): SetupStep {
  switch (step) {
    case 'welcome':
      return 'claim';
    case 'claim':
      return hasNetworkStep ? 'network' : 'first-answer';
    case 'network':
      return 'first-answer';
    case 'first-answer':
      return 'endpoint';
    default:
      return 'done';
  }
}

/** Steps as the progress line shows them. A Host has no network step. */
export function stepsFor(page: Page, hasNetworkStep: boolean): readonly StepView[] {
  const steps = (['welcome', 'claim', 'network', 'first-answer', 'endpoint'] as const).filter(
    (step) => step !== 'network' || hasNetworkStep,
  );
  const now = (steps as readonly string[]).indexOf(page); // pages that are no step give -1
  return steps.map((step, index) => ({
    step,
    progress: index < now ? 'done' : index === now ? 'now' : 'later',
  }));
}

/** What the light beside the name says. It never shines green while something else is true. */
export function lightFor(
  contact: Contact,
  facts:
    | {
        readonly state: NodeState;
        readonly model: ModelSummary | null;
        readonly isSettingUp: boolean;
        readonly isUpdating?: boolean;
      }
    | undefined,
): Light {
  if (contact === 'reconnecting') return { tone: 'warn', word: 'reconnecting' };
  if (facts === undefined) return { tone: 'idle', word: 'checking' };
  if (hasIdentityFault(facts.state)) return { tone: 'bad', word: 'attention' };
  const engine = facts.model?.state;
  if (engine === 'failed') return { tone: 'bad', word: 'attention' };
  if (facts.state === 'claimed-recovering') return { tone: 'warn', word: 'no_network' };
  if (facts.isUpdating === true) return { tone: 'busy', word: 'updating' };
  if (engine === 'restarting') return { tone: 'warn', word: 'restarting' };
  if (facts.isSettingUp) return { tone: 'busy', word: 'setting_up' };
  if (engine === undefined) return { tone: 'warn', word: 'no_model' };
  if (engine === 'starting') return { tone: 'busy', word: 'starting' };
  if (engine === 'stopped') return { tone: 'warn', word: 'stopped' };
  return { tone: 'ok', word: 'ready' };
}

/** Pause before asking again after `failures` refused calls in a row, in ms: quick first, never above 5 s. */
export function backoffMs(failures: number): number {
  return Math.min(5000, 400 * 2 ** Math.max(0, failures - 1));
}
