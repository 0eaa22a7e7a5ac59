/** A conversation with a model, as apps have it: streamed, stoppable, nothing kept. */
import type { StatusAnswer } from '@b3iq/wire/local-api';
import { useRef, useState } from 'preact/hooks';
import { isLive, messagesFor } from '../../chat/state.ts';
import { parseLimit } from '../../flow/parse.ts';
import { Icon } from '../../parts/Icon.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { play as text } from '../../strings/en.json';
import { EngineNote } from '../FirstAnswer.tsx';
import { MAX_TOKENS, PlaygroundSettings, type PlaySettings } from './PlaygroundSettings.tsx';
import { TurnView } from './TurnView.tsx';
import type { Conversation } from './use-conversation.ts';

interface PlaygroundProps {
  readonly status: StatusAnswer;
  readonly talk: Conversation;
  readonly onRetry: () => void;
}

export function Playground({ status, talk, onRetry }: PlaygroundProps) {
  const { chat, turns, setTurns } = talk;
  const end = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useState('');
  const [settings, setSettings] = useState<PlaySettings>({
    model: status.models[0]?.id ?? '',
    system: '',
    temperature: 0.7,
    maxTokens: '',
  });
  const model = status.models.find((each) => each.id === settings.model) ?? status.models[0];
  // A question loads one that is idle.
  const isReady = model?.state === 'ready' || model?.state === 'idle';
  const last = turns.at(-1)?.answer;
  const isBusy = last !== undefined && isLive(last);

  const send = (): void => {
    const question = draft.trim();
    if (question === '' || isBusy || !isReady) return;
    const maxTokens = parseLimit(settings.maxTokens, MAX_TOKENS);
    const request = {
      model: model.id,
      messages: messagesFor(settings.system, turns, question),
      temperature: settings.temperature,
      ...(typeof maxTokens === 'number' && { max_tokens: maxTokens }),
    };
    setDraft('');
    const before = turns;
    void chat.ask(request, (answer) => {
      setTurns([...before, { question, answer }]);
      requestAnimationFrame(() => end.current?.scrollIntoView({ block: 'nearest' }));
    });
  };
  const restart = (): void => {
    chat.stop();
    setTurns([]);
    box.current?.focus();
  };
  return (
    <>
      <ViewHead title={text.heading} lead={text.lead}>
        {turns.length > 0 && (
          <button type="button" class="btn small quiet" onClick={restart}>
            <Icon name="plus" size={18} />
            {text.new}
          </button>
        )}
      </ViewHead>
      {!isReady && <EngineNote model={model} onRetry={onRetry} />}
      <div class="play">
        <div class="card talk">
          <section class="turns" aria-label={text.conversation}>
            {turns.length === 0 && (
              <div class="empty">
                <Icon name="playground" size={32} />
                <h2>{text.empty_title}</h2>
                <p>{text.empty_body}</p>
              </div>
            )}
            {turns.map((turn, index) => (
              <TurnView
                key={index}
                by={model?.label ?? text.model}
                question={turn.question}
                answer={turn.answer}
              />
            ))}
            <div ref={end} />
          </section>
          <form
            class="compose"
            onSubmit={(event) => {
              event.preventDefault();
              send();
            }}
          >
            <textarea
              ref={box}
              class="input"
              rows={1}
              aria-label={text.message}
              placeholder={text.placeholder}
              value={draft}
              onInput={(event) => setDraft(event.currentTarget.value)}
              onKeyDown={(event) => {
                // Enter sends, as people know it; a new line with Shift, and never while composing characters.
                if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
                event.preventDefault();
                send();
              }}
            />
            {isBusy ? (
              <button type="button" class="btn quiet" onClick={chat.stop}>
                <Icon name="stop" />
                {text.stop}
              </button>
            ) : (
              <button type="submit" class="btn" aria-disabled={!isReady || draft.trim() === ''}>
                {text.send}
              </button>
            )}
          </form>
        </div>
        <PlaygroundSettings models={status.models} settings={settings} onSettings={setSettings} />
      </div>
    </>
  );
}
