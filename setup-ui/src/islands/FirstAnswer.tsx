/** The machine's first answer, streamed. One decision: what to ask; then on. */
import type { ModelSummary } from '@b3iq/wire/local-api';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from '../api/call.ts';
import { saveStep } from '../api/setup.ts';
import { isLive } from '../chat/state.ts';
import type { AnswerState } from '../chat/types.ts';
import { useChat } from '../chat/use-chat.ts';
import { useSetup } from '../flow/use-setup.ts';
import { AnswerFacts, AnswerFault } from '../parts/AnswerFacts.tsx';
import { Field } from '../parts/Field.tsx';
import { Heading } from '../parts/Heading.tsx';
import { FailureNote, Note } from '../parts/Note.tsx';
import { Wizard } from '../parts/Wizard.tsx';
import { common, answer as text } from '../strings/en.json';

const QUESTIONS = [text.q1, text.q2, text.q3, text.q4];

export function FirstAnswer() {
  const flow = useSetup('first-answer');
  const { setup, accept, refresh } = flow;
  const chat = useChat();
  const [question, setQuestion] = useState('');
  const [asked, setAsked] = useState('');
  const [answer, setAnswer] = useState<AnswerState>();
  const [failure, setFailure] = useState<Failure>();
  const model = setup?.model ?? undefined;
  // A question loads one that is idle.
  const isReady = model?.state === 'ready' || model?.state === 'idle';
  const isBusy = answer !== undefined && isLive(answer);
  const hasAnswer = answer !== undefined && !isBusy && answer.text !== '';

  const ask = (words: string): void => {
    const content = words.trim();
    if (content === '' || model === undefined || !isReady || isBusy) return;
    setAsked(content);
    void chat.ask({ model: model.id, messages: [{ role: 'user', content }], temperature: 0 }, setAnswer);
  };
  const goOn = async (): Promise<void> => {
    const saved = await saveStep('endpoint');
    if (saved.kind === 'ok') accept(saved.value);
    else setFailure(saved);
  };
  const goBack = async (): Promise<void> => {
    const saved = await saveStep('network');
    if (saved.kind === 'ok') accept(saved.value);
    else setFailure(saved);
  };

  return (
    <Wizard page="first-answer" flow={flow}>
      <Heading>{text.heading}</Heading>
      <p class="lead">{text.lead}</p>
      {model?.self_test === true && (
        <p class="model-line">
          <span class="tag acc">{text.self_test}</span>
          <span>{text.self_test_body}</span>
        </p>
      )}
      {setup !== undefined && <EngineNote model={model} onRetry={() => void refresh()} />}
      <form
        class="ask"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          ask(question);
        }}
      >
        <div class="ask-row">
          <Field
            label={text.field}
            placeholder={text.placeholder}
            value={question}
            onValue={setQuestion}
            maxLength={2000}
          />
          {isBusy ? (
            <button type="button" class="btn quiet" onClick={chat.stop}>
              {common.stop}
            </button>
          ) : (
            <button type="submit" class={hasAnswer ? 'btn quiet' : 'btn'} aria-disabled={!isReady}>
              {text.ask}
            </button>
          )}
        </div>
      </form>
      {answer !== undefined && <Reply asked={asked} answer={answer} />}
      <ul class="chips" aria-label={text.suggestions}>
        {QUESTIONS.filter((words) => words !== asked).map((words) => (
          <li key={words}>
            <button
              type="button"
              class="chip"
              disabled={!isReady || isBusy}
              onClick={() => {
                setQuestion(words);
                ask(words);
              }}
            >
              {words}
            </button>
          </li>
        ))}
      </ul>
      {failure !== undefined && <FailureNote failure={failure} />}
      <div class="actions">
        {hasAnswer && answer.phase !== 'failed' ? (
          <button type="button" class="btn wide" onClick={() => void goOn()}>
            {common.next}
          </button>
        ) : (
          <button type="button" class="btn wide plain" onClick={() => void goOn()}>
            {text.skip}
          </button>
        )}
        {setup?.network_step === true && (
          <button type="button" class="btn wide plain" onClick={() => void goBack()}>
            {common.back}
          </button>
        )}
      </div>
    </Wizard>
  );
}

function Reply({ asked, answer }: { readonly asked: string; readonly answer: AnswerState }) {
  const isWriting = isLive(answer);
  const reply = useRef<HTMLElement>(null);
  // On a small screen the answer starts below the fold; once per question it is brought into view.
  useEffect(() => reply.current?.scrollIntoView({ block: 'nearest' }), [answer.startedAtMs, answer.phase]);
  return (
    <section ref={reply} class="card reply" aria-label={text.it} aria-busy={isWriting}>
      <p class="asked">
        <span class="sr-only">{text.you}: </span>
        {asked}
      </p>
      <p class={isWriting ? 'text live' : 'text'}>{answer.text}</p>
      {answer.phase === 'waiting' && <p class="small">{text.waiting}</p>}
      {answer.phase === 'stopped' && <p class="small">{text.stopped}</p>}
      {answer.phase === 'finished' && answer.text === '' && <p class="small">{text.empty}</p>}
      {answer.fault !== undefined && <AnswerFault fault={answer.fault} />}
      <AnswerFacts answer={answer}>
        {answer.receipt !== undefined && !isWriting && (
          <span class="proof">{text.proof.replace('{id}', answer.receipt)}</span>
        )}
      </AnswerFacts>
      {/* Speaking each word would drown everything else; the whole answer is spoken once. */}
      <p class="sr-only" role="status">
        {answer.phase === 'finished' ? `${text.finished} ${answer.text}` : isWriting ? text.writing : ''}
      </p>
    </section>
  );
}

/** What the engine is doing when it cannot answer yet; the page hears by itself when that changes. */
export function EngineNote({
  model,
  onRetry,
}: {
  readonly model: ModelSummary | undefined;
  readonly onRetry: () => void;
}) {
  const again = (
    <p>
      <button type="button" class="btn plain" onClick={onRetry}>
        {text.check_again}
      </button>
    </p>
  );
  switch (model?.state) {
    case 'ready':
    case 'idle': // the question loads it
      return null;
    case undefined:
      return (
        <Note tone="warn" title={text.none_title}>
          {text.none_body}
          {again}
        </Note>
      );
    case 'starting':
    case 'restarting':
      return (
        <div class="note info" role="status">
          <span class="spinner" aria-hidden="true" />
          <div class="note-text">
            <strong>{model.state === 'starting' ? text.starting_title : text.restarting_title}</strong>
            <div>{model.reason ?? text.starting_body}</div>
          </div>
        </div>
      );
    case 'stopped':
      return (
        <Note tone="warn" title={text.stopped_title}>
          {text.stopped_body}
          {again}
        </Note>
      );
    case 'failed':
      return (
        <Note tone="bad" title={text.failed_title} isNews>
          {text.failed_body}
          {model.reason !== undefined && <p>{model.reason}</p>}
          {again}
        </Note>
      );
  }
}
