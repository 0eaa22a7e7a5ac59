/** Seconds that run down on the page's own clock. Separate so that lock-outs on several pages count alike. */
import { useEffect, useState } from 'preact/hooks';

/** Seconds left of `seconds`, starting again whenever `startedBy` changes; 0 when over. Monotonic, so clock changes do nothing. */
export function useCountdown(seconds: number, startedBy: unknown): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const endsAtMs = performance.now() + seconds * 1000;
    const count = (): void => setLeft(Math.max(0, Math.ceil((endsAtMs - performance.now()) / 1000)));
    count();
    if (seconds <= 0) return undefined;
    const timer = window.setInterval(count, 250);
    return () => window.clearInterval(timer);
  }, [seconds, startedBy]);
  return left;
}
