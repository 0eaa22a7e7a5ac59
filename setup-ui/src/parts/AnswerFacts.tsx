/** The numbers under an answer and what broke it, alike in the wizard and the playground. */
import type { ComponentChildren } from 'preact';
import { numbersOf } from '../chat/state.ts';
import type { AnswerState, ChatFault } from '../chat/types.ts';
import { answer as text } from '../strings/en.json';
import { fill, formatDuration, formatSpeed, plural } from '../text.ts';
import { FailureNote, Note } from './Note.tsx';

export function AnswerFacts({
  answer,
  children,
}: {
  readonly answer: AnswerState;
  readonly children?: ComponentChildren;
}) {
  const { tokens, tokensPerSecond, firstTokenS } = numbersOf(answer);
  if (answer.firstAtMs === undefined && children === undefined) return null;
  return (
    <div class="facts num">
      {tokensPerSecond !== undefined && <b>{fill(text.speed, { speed: formatSpeed(tokensPerSecond) })}</b>}
      {firstTokenS !== undefined && <span>{fill(text.first_token, { time: formatFirst(firstTokenS) })}</span>}
      {tokens > 0 && <span>{plural(tokens, text.tokens_one, text.tokens_other)}</span>}
      {children}
    </div>
  );
}

function formatFirst(seconds: number): string {
  return seconds < 0.1 ? `${Math.max(1, Math.round(seconds * 1000))} ms` : formatDuration(seconds);
}

export function AnswerFault({ fault }: { readonly fault: ChatFault }) {
  if (fault.kind === 'lost')
    return (
      <Note tone="bad" title={text.broken_title} isNews>
        {text.broken_body}
      </Note>
    );
  return <FailureNote failure={{ ...fault, status: 0 }} />;
}
