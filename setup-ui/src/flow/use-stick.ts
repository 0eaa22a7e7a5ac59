/** The stick with models, looked at every few seconds: it is plugged in and pulled out while its owner watches. */
import type { StickAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { readStick } from '../api/models.ts';

const EVERY_MS = 3_000;

/**
 * @param known  what the machine has and fetches: another one, and what is on the stick stands otherwise
 * @returns undefined until the machine has said whether it takes sticks
 */
export function useStick(known: string): StickAnswer | undefined {
  const [stick, setStick] = useState<StickAnswer>();
  const isTaken = stick?.state !== 'not-taken';
  useEffect(() => {
    if (!isTaken) return undefined;
    let isGone = false;
    const look = async (): Promise<void> => {
      const answer = await readStick();
      // A machine that is away says so elsewhere on the page.
      if (answer.kind === 'ok' && !isGone) setStick(answer.value);
    };
    void look();
    const timer = window.setInterval(() => void look(), EVERY_MS);
    return () => {
      isGone = true;
      window.clearInterval(timer);
    };
  }, [known, isTaken]);
  return stick;
}
