/** How one answer grows from the events of its stream, and the numbers it can prove. Pure; time comes as an argument. */
import type { AnswerState, ChatEvent, ChatFault, ChatMessage } from './types.ts';

/** An answer nobody has heard of yet. @param nowMs  monotonic ms when the question was sent */
export function startAnswer(nowMs: number): AnswerState {
  return { phase: 'waiting', text: '', startedAtMs: nowMs, pieces: 0 };
}

/** The answer after one event. Events after the end change nothing but the engine's own count. */
export function growAnswer(answer: AnswerState, event: ChatEvent, nowMs: number): AnswerState {
  switch (event.kind) {
    case 'text':
      return {
        ...answer,
        phase: 'writing',
        text: answer.text + event.text,
        pieces: answer.pieces + 1,
        firstAtMs: answer.firstAtMs ?? nowMs,
        lastAtMs: nowMs,
      };
    case 'usage':
      return { ...answer, usage: event.usage };
    case 'finish':
      return answer;
    case 'error':
      return failAnswer(answer, {
        kind: 'problem',
        title: event.title,
        detail: event.detail,
        code: event.code,
      });
    case 'end':
      return answer.phase === 'failed' ? answer : { ...answer, phase: 'finished' };
  }
}

/** The answer with what went wrong; the text so far is kept. */
export function failAnswer(answer: AnswerState, fault: ChatFault): AnswerState {
  return { ...answer, phase: 'failed', fault };
}

/** The answer as the person stopped it. */
export function stopAnswer(answer: AnswerState): AnswerState {
  return isLive(answer) ? { ...answer, phase: 'stopped' } : answer;
}

/** True while text may still come. */
export function isLive(answer: AnswerState): boolean {
  return answer.phase === 'waiting' || answer.phase === 'writing';
}

/** Numbers to show beside an answer: tokens so far, s to the first, tokens/s of what followed it. */
export interface AnswerNumbers {
  readonly tokens: number;
  readonly firstTokenS?: number;
  readonly tokensPerSecond?: number;
}

/** Speed counts the tokens after the first over the time after the first; unknown below two tokens or 5 ms. */
export function numbersOf(answer: AnswerState): AnswerNumbers {
  const tokens = answer.usage?.completionTokens ?? answer.pieces;
  if (answer.firstAtMs === undefined) return { tokens };
  const firstTokenS = (answer.firstAtMs - answer.startedAtMs) / 1000;
  const spanMs = (answer.lastAtMs ?? answer.firstAtMs) - answer.firstAtMs;
  if (tokens < 2 || spanMs < 5) return { tokens, firstTokenS };
  return { tokens, firstTokenS, tokensPerSecond: ((tokens - 1) * 1000) / spanMs };
}

/** Messages to send: the system prompt first when there is one, failed and empty answers left out with their question. */
export function messagesFor(
  system: string,
  turns: readonly { readonly question: string; readonly answer?: AnswerState }[],
  question: string,
): readonly ChatMessage[] {
  const past = turns.flatMap((turn): ChatMessage[] =>
    turn.answer === undefined || turn.answer.text === ''
      ? []
      : [
          { role: 'user', content: turn.question },
          { role: 'assistant', content: turn.answer.text },
        ],
  );
  const first: ChatMessage[] = system.trim() === '' ? [] : [{ role: 'system', content: system.trim() }];
  return [...first, ...past, { role: 'user', content: question }];
}
