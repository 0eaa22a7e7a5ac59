/** The page's own clock as a value that ticks. Separate so that ages and counts on a page share one timer each. */
import { useEffect, useState } from 'preact/hooks';

/** Monotonic ms, drawn anew each `everyMs`. */
export function useNow(everyMs: number): number {
  const [nowMs, setNowMs] = useState(0);
  useEffect(() => {
    const tick = (): void => setNowMs(performance.now());
    tick();
    const timer = window.setInterval(tick, everyMs);
    return () => window.clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
