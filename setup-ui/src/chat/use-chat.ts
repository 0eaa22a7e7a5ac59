/** Runs one streamed answer at a time for an island. Separate so that the wizard and the playground stream alike. */
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { type ChatRequest, openChat } from '../api/chat.ts';
import { failAnswer, growAnswer, isLive, startAnswer, stopAnswer } from './state.ts';
import type { AnswerState } from './types.ts';

export interface Chat {
  /** Asks, and reports each state of the answer; a running answer is stopped first. */
  readonly ask: (request: ChatRequest, onChange: (answer: AnswerState) => void) => Promise<void>;
  readonly stop: () => void;
}

export function useChat(): Chat {
  const running = useRef<AbortController>(undefined);
  const stop = useCallback(() => running.current?.abort(), []);
  useEffect(() => stop, [stop]);
  const ask = useCallback<Chat['ask']>(async (request, onChange) => {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    let answer = startAnswer(performance.now());
    const show = (next: AnswerState): void => {
      answer = next;
      onChange(next);
    };
    // Stopping shows at once, also while the machine is still reading the question.
    control.signal.addEventListener('abort', () => show(stopAnswer(answer)));
    show(answer);
    const opened = await openChat(request, control.signal);
    if (control.signal.aborted) return;
    if (opened.kind !== 'ok') {
      show(failAnswer(answer, opened.kind === 'problem' ? opened : { kind: 'lost' }));
      return;
    }
    const { receipt, events } = opened.value;
    if (receipt !== undefined) show({ ...answer, receipt });
    for await (const event of events) {
      if (control.signal.aborted) return;
      show(growAnswer(answer, event, performance.now()));
    }
    if (isLive(answer) && !control.signal.aborted) show(failAnswer(answer, { kind: 'lost' }));
  }, []);
  return { ask, stop };
}
