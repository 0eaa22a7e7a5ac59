/** One question and its answer with what it cost and its receipt. */
import { isLive } from '../../chat/state.ts';
import type { AnswerState } from '../../chat/types.ts';
import { AnswerFacts, AnswerFault } from '../../parts/AnswerFacts.tsx';
import { receiptPath } from '../../parts/receipt-words.ts';
import { play as text, answer as words } from '../../strings/en.json';
import { fill, formatNumber } from '../../text.ts';

interface TurnViewProps {
  /** Who answers; hostile when an owner's file is called so, shown as text. */
  readonly by: string;
  readonly question: string;
  readonly answer: AnswerState | undefined;
}

export function TurnView({ by, question, answer }: TurnViewProps) {
  const isWriting = answer !== undefined && isLive(answer);
  return (
    <>
      <article class="bubble mine">
        <h2>{text.you}</h2>
        <p class="text">{question}</p>
      </article>
      {answer !== undefined && (
        <article class="bubble" aria-busy={isWriting}>
          <h2>{by}</h2>
          <p class={isWriting ? 'text live' : 'text'}>{answer.text}</p>
          {answer.phase === 'stopped' && <p class="small">{words.stopped}</p>}
          {answer.phase === 'finished' && answer.text === '' && <p class="small">{words.empty}</p>}
          {answer.fault !== undefined && <AnswerFault fault={answer.fault} />}
          <AnswerFacts answer={answer}>
            {answer.usage !== undefined && (
              <span>
                {fill(text.usage, {
                  prompt: formatNumber(answer.usage.promptTokens),
                  completion: formatNumber(answer.usage.completionTokens),
                })}
              </span>
            )}
            {answer.receipt !== undefined && !isWriting && (
              <a href={receiptPath(answer.receipt)} target="_blank" rel="noopener">
                {text.receipt}
                <span class="sr-only"> {text.new_tab}</span>
              </a>
            )}
          </AnswerFacts>
          <p class="sr-only" role="status">
            {answer.phase === 'finished'
              ? `${words.finished} ${answer.text}`
              : isWriting
                ? words.writing
                : ''}
          </p>
        </article>
      )}
    </>
  );
}
