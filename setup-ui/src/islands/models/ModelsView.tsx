/** Models: on their way, installed, and offered. Each list is a file of its own; here they meet and removal can be undone. */
import type { InstalledModel, StatusAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { removeModel, restoreModel } from '../../api/models.ts';
import { bestOf } from '../../flow/models.ts';
import { tameName } from '../../flow/parse.ts';
import { useModels } from '../../flow/use-models.ts';
import { Icon } from '../../parts/Icon.tsx';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { models as text } from '../../strings/en.json';
import { fill } from '../../text.ts';
import { AddModel } from './AddModel.tsx';
import { Engines } from './Engines.tsx';
import { Installed } from './Installed.tsx';
import { Offered, useInstall } from './Offered.tsx';
import { Ollama } from './Ollama.tsx';
import { OnTheWay } from './OnTheWay.tsx';
import { Stick } from './Stick.tsx';

/** The machine keeps a removed model for a minute; asked a little before, undo never comes too late. */
const UNDO_MS = 55_000;

export function ModelsView({ status }: { readonly status: StatusAnswer }) {
  const models = useModels();
  const { library, catalogue, stick, failure, take, look } = models;
  // A model was loaded, unloaded, or begins to be served: the page need not wait for its next look.
  const states = status.models.map(({ id, state }) => `${id} ${state}`).join();
  useEffect(() => void look(), [states, look]);
  const [isAdding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<InstalledModel>();
  const install = useInstall(models);
  useEffect(() => {
    if (removed === undefined) return undefined;
    const timer = window.setTimeout(() => setRemoved(undefined), UNDO_MS);
    return () => window.clearTimeout(timer);
  }, [removed]);
  const remove = async (model: InstalledModel): Promise<void> => {
    const answer = await removeModel(model.sha256);
    take(answer);
    if (answer.kind === 'ok') setRemoved(model);
  };
  const isEmpty = library !== undefined && library.installed.length + library.installs.length === 0;
  const best = bestOf(catalogue?.models ?? []);
  return (
    <>
      <ViewHead title={text.heading} lead={servedLine(status)}>
        <button type="button" class="btn" onClick={() => setAdding(true)}>
          <Icon name="plus" />
          {text.add}
        </button>
      </ViewHead>
      {failure !== undefined && <FailureNote failure={failure} />}
      {install.failure !== undefined && <FailureNote failure={install.failure} />}
      <div role="status">
        {removed !== undefined && (
          <Note tone="ok" title={<bdi>{fill(text.removed, { name: tameName(removed.label, 60) })}</bdi>}>
            <button
              type="button"
              class="btn small quiet"
              onClick={async () => {
                take(await restoreModel(removed.sha256));
                setRemoved(undefined);
              }}
            >
              {text.undo}
            </button>
          </Note>
        )}
      </div>
      {library === undefined && failure === undefined && <p class="small">{text.loading}</p>}
      {isEmpty && (
        <section class="card empty">
          <Icon name="models" size={32} />
          <h2>{text.empty_title}</h2>
          <p>{text.empty_body}</p>
          {best !== undefined && (
            <button
              type="button"
              class="btn"
              onClick={() => void install.start({ kind: 'catalogue', id: best.id })}
            >
              {fill(text.empty_action, { name: best.label })}
            </button>
          )}
        </section>
      )}
      {library !== undefined && library.installs.length > 0 && (
        <OnTheWay installs={library.installs} memoryBytes={library.memory.bytes} take={take} />
      )}
      {library !== undefined && stick !== undefined && (
        <Stick stick={stick} onInstall={(name) => install.start({ kind: 'stick', name })} />
      )}
      {library !== undefined && library.installed.length > 0 && (
        <Installed models={library.installed} onRemove={remove} />
      )}
      {library !== undefined && (
        <Ollama
          models={models.ollama.filter(({ name }) => !library.installs.some(({ model }) => model === name))}
          onInstall={(name) => install.start({ kind: 'ollama', name })}
        />
      )}
      {library !== undefined && <Engines />}
      {library !== undefined && catalogue !== undefined && (
        <Offered
          catalogue={catalogue}
          freeBytes={library.disk_free_bytes}
          onInstall={({ id }) => install.start({ kind: 'catalogue', id })}
        />
      )}
      {isAdding && (
        <AddModel
          takesSticks={stick !== undefined && stick.state !== 'not-taken'}
          onClose={() => setAdding(false)}
          onStarted={() => {
            setAdding(false);
            void models.look();
          }}
        />
      )}
    </>
  );
}

function servedLine({ models }: StatusAnswer): string {
  const names = models.map(({ label }) => tameName(label, 60)).join(', ');
  return names === '' ? text.lead : `${text.lead} ${fill(text.served, { names })}`;
}
