/** A machine that was asked to go: until when this page counts it as gone on purpose. Separate: four buttons send it away. */
import { useEffect, useState } from 'preact/hooks';
import type { Live } from '../../flow/use-status.ts';

export type Destination = 'restart' | 'update' | 'power-off' | 'reset';
/** Called once the machine has agreed. */
export type Leave = (to: Destination) => void;

export interface DepartureState {
  readonly to: Destination;
  /** The page's monotonic ms. */
  readonly sinceMs: number;
  /** It has stopped answering. */
  readonly isGone: boolean;
}

/** A machine that still answers after this long has thought better of it, or was faster than this page looks. */
const GOES_MS = 60_000;

export function useDeparture({ contact, status }: Live): {
  readonly state: DepartureState | undefined;
  readonly leave: Leave;
} {
  const [state, setState] = useState<DepartureState>();
  const [uptimeS, setUptimeS] = useState(0);
  const isLeaving = state !== undefined;
  const isBack = (state?.isGone === true && contact === 'online') || (status?.uptime_s ?? uptimeS) < uptimeS;
  useEffect(() => {
    if (isLeaving && contact === 'reconnecting') setState((before) => before && { ...before, isGone: true });
  }, [isLeaving, contact]);
  useEffect(() => {
    if (isLeaving && isBack) setState(undefined);
  }, [isLeaving, isBack]);
  useEffect(() => {
    if (!isLeaving || state.isGone) return undefined;
    const timer = window.setTimeout(() => setState(undefined), GOES_MS);
    return () => window.clearTimeout(timer);
  }, [isLeaving, state?.isGone]);
  return {
    state,
    leave: (to) => {
      setUptimeS(status?.uptime_s ?? 0);
      setState({ to, sinceMs: performance.now(), isGone: false });
    },
  };
}
