/** `models list|install|pause|resume|cancel|remove`: the models on the machine's disk, and those on their way. */
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstallModelRequest } from '@b3iq/wire/local-api';
import {
  catalogueAnswer,
  type Install,
  type Library,
  libraryAnswer,
  modelInstall,
} from '../agent/answers.ts';
import { type Command, EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { problem } from '../problems.ts';
import { table } from '../text/table.ts';
import { bytes, grouped, printable, shortIds, span } from '../text/words.ts';

const LOOK_EVERY_MS = 500;

export async function modelsList(context: Context): Promise<number> {
  const { out } = context;
  const library = await readLibrary(context);
  if (out.json) {
    await out.data(library);
    return EXIT.ok;
  }
  const { installed, installs } = library;
  if (installed.length > 0) await out.line(installedTable(library, out.bold));
  if (installs.length > 0) await out.line(installTable(installs, out.bold));
  if (installed.length + installs.length === 0)
    await out.note('No model is installed yet. Install one with `b3iq-host models install ADDRESS`.');
  await out.note(`${bytes(library.disk_free_bytes)} are free on the disk.`);
  return EXIT.ok;
}

export async function modelsCatalogue(context: Context): Promise<number> {
  const { agent, out } = context;
  const answer = await agent.ask({ method: 'GET', path: '/api/models/catalogue' }, catalogueAnswer);
  if (out.json) {
    await out.data(answer);
    return EXIT.ok;
  }
  const columns = [
    { title: 'MODEL', max: 60 },
    { title: 'SIZE', align: 'right' as const },
    { title: 'LICENCE', max: 30 },
    { title: 'FITS' },
    { title: 'WHY', max: 200 },
  ];
  const rows = answer.models.map((model) => [
    model.state === 'available' ? model.id : `${model.id} (${model.state})`,
    model.size_bytes === null ? '' : bytes(model.size_bytes),
    model.license ?? '',
    FITS[model.fit.kind],
    model.fit.reason,
  ]);
  await out.line(table(columns, rows, out.bold));
  await out.note('Install one with `b3iq-host models install NAME`. What is left out is not published.');
  return EXIT.ok;
}

const FITS = { comfortable: 'fits well', tight: 'tight', 'does-not-fit': 'too large', unknown: 'not known' };

function installedTable({ installed }: Library, bold: (text: string) => string): string {
  return table(
    [
      { title: 'MODEL', max: 60 },
      { title: 'SIZE', align: 'right' },
      { title: 'CONTEXT', align: 'right' },
      { title: 'FITS' },
      { title: 'STATE' },
      { title: 'SHA-256' },
      { title: 'NOTE', max: 300 },
    ],
    installed.map((model) => [
      model.id,
      bytes(model.size_bytes),
      contextOf(model),
      model.fit === null ? '' : FITS[model.fit.kind],
      model.served === null ? 'not served' : printable(model.served.state),
      model.sha256.slice(0, 12),
      [
        model.refused ?? model.not_served ?? model.served?.reason ?? '',
        model.pinned_by === 'first-download' ? 'pinned on first download' : '',
      ]
        .filter(Boolean)
        .join('; '),
    ]),
    bold,
  );
}

/** What a conversation may come to here; of a model that is not served, what it was made for. */
function contextOf({ served, context_tokens }: Library['installed'][number]): string {
  const tokens = served?.context_tokens ?? context_tokens;
  return tokens === null ? '' : grouped(tokens);
}

function installTable(installs: readonly Install[], bold: (text: string) => string): string {
  const short = shortIds(installs.map(({ id }) => id));
  return table(
    [
      { title: 'ON ITS WAY' },
      { title: 'MODEL', max: 60 },
      { title: 'STATE' },
      { title: 'HERE', align: 'right' },
      { title: 'NOTE', max: 200 },
    ],
    installs.map((install) => [
      short.get(install.id) ?? install.id,
      install.model,
      install.phase,
      progressOf(install),
      install.message ?? rateOf(install),
    ]),
    bold,
  );
}

const progressOf = ({ done_bytes, total_bytes }: Install): string =>
  total_bytes === null ? bytes(done_bytes) : `${bytes(done_bytes)} of ${bytes(total_bytes)}`;
const rateOf = ({ bytes_per_second: rate, seconds_left: left }: Install): string =>
  [rate === null ? '' : `${bytes(rate)}/s`, left === null ? '' : `${span(left)} left`]
    .filter(Boolean)
    .join(', ');

export async function modelsInstall(
  context: Context,
  command: Command & { kind: 'models-install' },
): Promise<number> {
  const { agent, out } = context;
  const source = sourceOf(command.source);
  const body = {
    source,
    ...(command.id !== undefined && { id: command.id }),
    ...(command.sha256 !== undefined && { sha256: command.sha256 }),
  };
  const install = await agent.ask({ method: 'POST', path: '/api/models/installs', body }, modelInstall);
  if (!install.is_pinned)
    await out.note('Nobody has said what this file must be: it will be held to what arrives now.');
  if (command.wait) return await waitFor(context, install);
  if (out.json) await out.data(install);
  else await out.line(printable(install.id));
  await out.note(`${printable(install.model)} is on its way. See it with \`b3iq-host models list\`.`);
  return EXIT.ok;
}

/** An address has a scheme, a file a slash or a model file's ending; anything else is a name of the catalogue. */
function sourceOf(typed: string): InstallModelRequest['source'] {
  if (typed.startsWith('ollama:')) return { kind: 'ollama', name: typed.slice('ollama:'.length) };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(typed)) return { kind: 'url', url: typed };
  if (/[/\\]|\.(gguf|safetensors)$/i.test(typed)) return { kind: 'file', path: resolve(typed) };
  return { kind: 'catalogue', id: typed };
}

/** Until it is installed or has stopped; the agent goes on by itself when this program ends. */
async function waitFor(context: Context, { id, model }: Install): Promise<number> {
  const { out } = context;
  let told = '';
  for (;;) {
    const library = await readLibrary(context);
    const install = library.installs.find((each) => each.id === id);
    if (install === undefined) {
      const found = library.installed.find((each) => each.id === model);
      if (found === undefined)
        throw problem(
          'install_not_found',
          'It was cancelled, or its file was a model of this machine already.',
        );
      if (out.json) await out.data(found);
      else await out.line(`${found.sha256}  ${printable(found.id)}`);
      return EXIT.ok;
    }
    if (install.phase === 'failed')
      throw problem('install_not_possible', install.message ?? 'The installation has stopped.');
    if (install.phase === 'paused')
      throw problem('install_not_possible', 'It was paused. Resume it with `b3iq-host models resume`.');
    const line = [install.phase, progressOf(install), rateOf(install)].filter(Boolean).join(' · ');
    if (line !== told) await out.note(line);
    told = line;
    await sleep(LOOK_EVERY_MS);
  }
}

export async function modelsAct(
  context: Context,
  verb: 'pause' | 'resume' | 'cancel',
  typed: string,
): Promise<number> {
  const { agent, out } = context;
  const { installs } = await readLibrary(context);
  const found = installs.filter(({ id, model }) => id.startsWith(typed) || model === typed);
  const [install] = found;
  if (install === undefined || found.length > 1)
    throw problem(
      'install_not_found',
      `${install === undefined ? 'No' : 'More than one'} installation has that id or name. List them with \`b3iq-host models list\`.`,
    );
  const path = `/api/models/installs/${encodeURIComponent(install.id)}`;
  const answer = await agent.ask(
    verb === 'cancel' ? { method: 'DELETE', path } : { method: 'POST', path: `${path}/${verb}`, body: {} },
    libraryAnswer,
  );
  if (out.json) await out.data(answer);
  const done = { pause: 'is paused', resume: 'goes on', cancel: 'is cancelled; what was fetched is gone' }[
    verb
  ];
  await out.note(`${printable(install.model)} ${done}.`);
  return EXIT.ok;
}

export async function modelsRemove(context: Context, typed: string): Promise<number> {
  const { agent, out } = context;
  const { installed } = await readLibrary(context);
  const found = installed.filter(
    ({ id, sha256 }) => id === typed || (typed.length >= 8 && sha256.startsWith(typed)),
  );
  const [model] = found;
  if (model === undefined || found.length > 1)
    throw problem(
      'model_not_found',
      `${model === undefined ? 'No' : 'More than one'} installed model has that name or SHA-256. List them with \`b3iq-host models list\`.`,
    );
  const path = `/api/models/library/${model.sha256}`;
  const answer = await agent.ask({ method: 'DELETE', path }, libraryAnswer);
  if (out.json) await out.data(answer);
  await out.note(
    `${printable(model.id)} is removed: ${bytes(model.size_bytes)} are free within a minute. Until then the dashboard can bring it back.`,
  );
  return EXIT.ok;
}

const readLibrary = ({ agent }: Context): Promise<Library> =>
  agent.ask({ method: 'GET', path: '/api/models/library' }, libraryAnswer);
