/** Results and a measuring under way; asked each second while one runs. Separate so that the page only draws. */
import type { BenchmarkAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { readBenchmark } from '../api/benchmark.ts';
import type { Answer, Failure } from '../api/call.ts';
import { leaveForSignIn } from './use-status.ts';

const RUNNING_MS = 1_000;
/** Somebody may have begun one in a terminal. */
const QUIET_MS = 10_000;

export interface BenchmarkView {
  readonly answer: BenchmarkAnswer | undefined;
  readonly failure: Failure | undefined;
  /** Shows the answer of a call that began or ended something. */
  readonly take: (answer: Answer<BenchmarkAnswer>) => void;
}

export function useBenchmark(): BenchmarkView {
  const [answer, setAnswer] = useState<BenchmarkAnswer>();
  const [failure, setFailure] = useState<Failure>();
  const take = (heard: Answer<BenchmarkAnswer>): void => {
    if (heard.kind === 'ok') {
      setAnswer(heard.value);
      setFailure(undefined);
    } else if (heard.kind === 'problem' && heard.status === 401) leaveForSignIn();
    else setFailure(heard);
  };
  const isRunning = answer !== undefined && answer.progress !== null;
  useEffect(() => {
    let isOver = false;
    const look = async (): Promise<void> => {
      const heard = await readBenchmark();
      // A machine that is away says so elsewhere on the page, and a refusal stays until something else is tried.
      if (!isOver && heard.kind === 'ok') setAnswer(heard.value);
      else if (!isOver && heard.kind === 'problem') take(heard);
    };
    void look();
    const timer = window.setInterval(() => void look(), isRunning ? RUNNING_MS : QUIET_MS);
    return () => {
      isOver = true;
      window.clearInterval(timer);
    };
  }, [isRunning]);
  return { answer, failure, take };
}
