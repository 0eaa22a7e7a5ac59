/**
 * The network page over time: what the machine said last, what is under way, and what that looks like while the
 * machine cannot be reached. Separate and pure, because the interesting part happens when nobody answers.
 */
import type { JoinState, NetworksAnswer } from '@b3iq/wire/local-api';
import {
  type AirEvent,
  type AirState,
  type AirView,
  type Errand,
  JOIN_PHASES,
  type PhaseView,
} from './types.ts';

/** How long listening again keeps the setup network away, unless the machine says it more exactly. */
const AWAY_MS = 12_000;
/** A phone takes some seconds to come back to a network that was gone. */
const COME_BACK_MS = 8000;
/** The machine gives a join up after 45 s at most and then needs some seconds for the setup network. */
const LATE_MS = 60_000;

/** A machine that answers begins a join within this time. */
const ACCEPT_MS = 8000;

export const noAir: AirState = {
  answer: undefined,
  heardMs: 0,
  awaySinceMs: undefined,
  errand: undefined,
  hasLostRequest: false,
};

export function onAir(state: AirState, event: AirEvent): AirState {
  switch (event.kind) {
    case 'heard':
      return hear(state, event.answer, event.nowMs);
    case 'missed':
      return { ...state, awaySinceMs: state.awaySinceMs ?? event.nowMs };
    case 'settled':
      return { ...state, errand: undefined };
    case 'unsure': {
      const { nowMs } = event;
      return { ...state, awaySinceMs: state.awaySinceMs ?? nowMs, errand: doubt(state.errand, nowMs) };
    }
    case 'asked':
      return { ...state, hasLostRequest: false, errand: begin(state, event) };
  }
}

function begin(state: AirState, { what, nowMs }: Extract<AirEvent, { kind: 'asked' }>): Errand {
  if (what.kind === 'listen') return { kind: 'listen', startedMs: nowMs };
  if (what.kind === 'forget') return { kind: 'forget', ssid: what.ssid, startedMs: nowMs };
  const before = state.answer?.join;
  return { kind: 'join', ssid: what.ssid, startedMs: nowMs, phases: [], before, isUnsure: false };
}

/** Silence in place of an answer: the setup network may be gone already. */
function doubt(errand: Errand | undefined, nowMs: number): Errand | undefined {
  if (errand?.kind === 'join') return { ...errand, isUnsure: true };
  if (errand?.kind === 'listen')
    return { ...errand, times: errand.times ?? { goesMs: nowMs, backMs: nowMs + AWAY_MS } };
  return errand;
}

function hear(state: AirState, answer: NetworksAnswer, nowMs: number): AirState {
  const heard: AirState = { ...state, answer, heardMs: nowMs, awaySinceMs: undefined };
  if (answer.join.kind === 'joining') return { ...heard, errand: follow(state.errand, answer.join, nowMs) };
  const { errand } = state;
  if (answer.refresh.kind !== 'idle') {
    const goesMs = nowMs + (answer.refresh.kind === 'announced' ? answer.refresh.starts_in_s * 1000 : 0);
    const backMs =
      answer.refresh.kind === 'announced' ? goesMs + AWAY_MS : nowMs + answer.refresh.back_in_s * 1000;
    const startedMs = errand?.kind === 'listen' ? errand.startedMs : nowMs;
    return { ...heard, errand: { kind: 'listen', startedMs, times: { goesMs, backMs } } };
  }
  if (errand?.kind !== 'join') return { ...heard, errand: isStillAsking(errand) ? errand : undefined };
  const isNew = errand.phases.length > 0 || !isSame(errand.before, answer.join);
  if (isNew) return { ...heard, errand: undefined };
  // Nothing has changed: either the request is still on its way, or it got lost.
  const isLost = errand.isUnsure || nowMs - errand.startedMs > ACCEPT_MS;
  return isLost ? { ...heard, errand: undefined, hasLostRequest: true } : heard;
}

/** A request of this page that the machine has not answered yet; another question's answer does not end it. */
function isStillAsking(errand: Errand | undefined): boolean {
  return errand?.kind === 'listen' && errand.times === undefined;
}

function follow(
  errand: Errand | undefined,
  join: Extract<JoinState, { kind: 'joining' }>,
  nowMs: number,
): Errand {
  const mine: Extract<Errand, { kind: 'join' }> =
    errand?.kind === 'join' && errand.ssid === join.ssid
      ? errand
      : { kind: 'join', ssid: join.ssid, startedMs: nowMs, phases: [], before: undefined, isUnsure: false };
  if (mine.phases.some(({ phase }) => phase === join.phase)) return mine;
  return { ...mine, phases: [...mine.phases, { phase: join.phase, startedMs: nowMs }] };
}

function isSame(before: JoinState | undefined, now: JoinState): boolean {
  return JSON.stringify(before ?? { kind: 'idle' }) === JSON.stringify(now);
}

/** What to draw now. @param nowMs  the page's monotonic ms */
export function viewOf(state: AirState, nowMs: number): AirView {
  const { errand, awaySinceMs } = state;
  const isAway = awaySinceMs !== undefined;
  switch (errand?.kind) {
    case undefined:
      return state.answer === undefined ? { kind: 'loading' } : { kind: 'choosing' };
    case 'join':
      return {
        kind: 'joining',
        ssid: errand.ssid,
        phases: phasesOf(errand.phases, nowMs),
        elapsedS: wholeS(nowMs - errand.startedMs),
        isAway,
        isLate: isAway && nowMs - errand.startedMs > LATE_MS,
      };
    case 'forget':
      return { kind: 'forgetting', ssid: errand.ssid, isAway };
    case 'listen': {
      const { times } = errand;
      if (times === undefined) return { kind: 'listening', leftS: 0 };
      if (nowMs < times.goesMs && !isAway) return { kind: 'announced', leftS: ceilS(times.goesMs - nowMs) };
      if (isAway && nowMs > times.backMs + COME_BACK_MS) return { kind: 'overdue' };
      return { kind: 'listening', leftS: ceilS(times.backMs - nowMs) };
    }
  }
}

function phasesOf(seen: Extract<Errand, { kind: 'join' }>['phases'], nowMs: number): readonly PhaseView[] {
  const now = seen.at(-1)?.phase ?? 'associating';
  const at = JOIN_PHASES.indexOf(now);
  return JOIN_PHASES.map((phase, index) => {
    const found = seen.findIndex((each) => each.phase === phase);
    const began = seen[found]?.startedMs;
    const ended = seen[found + 1]?.startedMs ?? nowMs;
    return {
      phase,
      progress: index < at ? 'done' : index === at ? 'now' : 'later',
      tookS: began === undefined ? undefined : wholeS(ended - began),
    };
  });
}

const wholeS = (ms: number): number => Math.max(0, Math.floor(ms / 1000));
const ceilS = (ms: number): number => Math.max(0, Math.ceil(ms / 1000));

type InUse = NonNullable<NetworksAnswer['current']>;
/** The Wi-Fi that is in use and was not followed by a try that failed: as it is now, also after the machine was restarted. */
export function joinedOf(answer: NetworksAnswer | undefined): InUse | undefined {
  const isOver = answer?.join.kind === 'joined' || answer?.join.kind === 'idle';
  return isOver ? (answer.current ?? undefined) : undefined;
}

/** Whether the machine is in a network of its owner's and none of them leads to the internet. */
export function isOffline({ current, wired }: NetworksAnswer): boolean {
  const ways = [current, wired].filter((way) => way !== null);
  return ways.length > 0 && ways.every(({ internet }) => !internet);
}

/** Pause before the next look at the machine, in ms: each second while something moves, seldom when nothing does. */
export function pauseMs({ errand, awaySinceMs }: AirState): number {
  if (errand !== undefined) return 1000;
  return awaySinceMs === undefined ? 10_000 : 2000;
}

/** Whether the page stands at another address than the one it will have once the machine has joined. */
export function movesTo(nextUrl: string | null | undefined, origin: string): string | undefined {
  if (nextUrl === null || nextUrl === undefined || !/^https?:\/\/[^/]+\//.test(nextUrl)) return undefined;
  return nextUrl.startsWith(`${origin}/`) ? undefined : nextUrl;
}
