/**
 * The owner with a browser: cookies, the machine's page and endpoint, wherever they are reached from.
 * Separate because journeys, updates and cuts all go through the same doors as a person would.
 */
import type {
  InstallModelRequest,
  JoinState,
  ModelInstall,
  ModelLibraryAnswer,
  NetworksAnswer,
  NewKeyAnswer,
  SetupState,
  StickAnswer,
  UpdateAnswer,
} from '@b3iq/wire/local-api';
import type { Guest } from '../../vm/guest.ts';
import { until } from '../../vm/until.ts';
import { hexOf, phoneFetches } from './air.ts';
import type { Fetch, PageAnswer } from './page.ts';

export const OWNER = { name: 'Ada', password: 'correct horse battery staple' } as const;

export class Person {
  /** Such as `http://10.42.0.1`. */
  readonly origin: string;
  readonly #guest: Guest;
  readonly #fetch: Fetch;
  #cookie: string | undefined;

  constructor(guest: Guest, origin: string, fetch: Fetch) {
    this.#guest = guest;
    this.origin = origin;
    this.#fetch = fetch;
  }

  /** @param url  a path of the machine's page, or another address @param body  makes it a POST */
  async ask(
    url: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<PageAnswer> {
    const answer = await this.#fetch(url.startsWith('/') ? this.origin + url : url, {
      body,
      headers: { ...(this.#cookie === undefined ? {} : { cookie: this.#cookie }), ...headers },
    });
    if (answer.cookie !== undefined) this.#cookie = answer.cookie;
    return answer;
  }

  /** The answer's JSON. @throws Error unless the status is in the two hundreds */
  async api<T>(path: string, body?: unknown): Promise<T> {
    const answer = await this.ask(path, body);
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return (answer.body === '' ? undefined : JSON.parse(answer.body)) as T; // the route's documented shape
  }

  setupState = () => this.api<SetupState>('/api/setup/state');
  networks = () => this.api<NetworksAnswer>('/api/setup/networks');

  async claim(setupCode: string): Promise<void> {
    await this.api('/api/setup/claim', { secret: setupCode, owner: OWNER });
  }

  async signIn(): Promise<void> {
    await this.api('/api/session', { name: OWNER.name, password: OWNER.password });
  }

  join(
    ssid: string,
    password?: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<NetworksAnswer> {
    return this.api('/api/setup/networks/join', { ssid_hex: hexOf(ssid), password, ...more });
  }

  /** Waits until the machine has listened again: the list is fresh and nothing is under way. */
  untilHeard(timeoutMs = this.#guest.limits.taskMs): Promise<NetworksAnswer> {
    return until(
      'a fresh list of networks',
      async () => {
        const answer = await this.networks();
        return answer.refresh.kind === 'idle' && answer.age_s !== null && answer.age_s < 60
          ? answer
          : undefined;
      },
      { timeoutMs, everyMs: 1_000 },
    );
  }

  /** Waits until the model can answer. */
  async untilReady(timeoutMs = this.#guest.limits.bootMs): Promise<void> {
    await until('a model that is ready', async () => (await this.setupState()).model?.state === 'ready', {
      timeoutMs,
      everyMs: 1_000,
    });
  }

  /** Follows a join until it is one of `kinds`; between, the page may be out of reach. */
  untilJoin(kinds: readonly JoinState['kind'][], timeoutMs = this.#guest.limits.taskMs): Promise<JoinState> {
    return until(
      `a join that is ${kinds.join(' or ')}`,
      async () => {
        const { join } = await this.networks();
        return kinds.includes(join.kind) ? join : undefined;
      },
      { timeoutMs, everyMs: 1_000 },
    );
  }

  update = () => this.api<UpdateAnswer>('/api/update');

  /** Looks for an update until one is found or refused. */
  async findUpdate(): Promise<UpdateAnswer> {
    await this.api('/api/update/check', {});
    return this.untilUpdate('a finished look', ({ state }) => state.kind !== 'checking');
  }

  /** Follows the update until it is as wanted. */
  untilUpdate(
    what: string,
    isSo: (update: UpdateAnswer) => boolean,
    timeoutMs = this.#guest.limits.bootMs * 2,
  ): Promise<UpdateAnswer> {
    return until(
      what,
      async () => {
        const update = await this.update();
        return isSo(update) ? update : undefined;
      },
      { timeoutMs, everyMs: 1_000 },
    );
  }

  /** A new key for the endpoint. */
  async key(): Promise<string> {
    return (await this.api<NewKeyAnswer>('/api/keys', { name: 'Phone' })).secret;
  }

  /** Installs a model under that name, and waits until callers find it. */
  async installModel(id: string, source: InstallModelRequest['source']): Promise<void> {
    await this.api('/api/models/installs', { id, source });
    await this.untilServed(id);
  }

  async untilServed(id: string): Promise<void> {
    await until(
      `model ${id} to be served`,
      async () => {
        const { installed, installs } = await this.api<ModelLibraryAnswer>('/api/models/library');
        const failed = installs.find((each) => each.phase === 'failed');
        if (failed !== undefined) throw new Error(failed.message ?? failed.id);
        const model = installed.find((each) => each.id === id);
        const why = model?.not_served ?? model?.refused ?? null;
        if (why !== null) throw new Error(why);
        return (model?.served ?? null) !== null || undefined;
      },
      { timeoutMs: this.#guest.limits.taskMs, everyMs: 1_000 },
    );
  }

  stick = () => this.api<StickAnswer>('/api/models/stick');

  /** Looks at the page of models until what it shows of the stick is so. */
  untilStick(what: string, isSo: (stick: StickAnswer) => boolean): Promise<StickAnswer> {
    return until(
      what,
      async () => {
        const stick = await this.stick();
        return isSo(stick) ? stick : undefined;
      },
      { timeoutMs: this.#guest.limits.taskMs, everyMs: 1_000 },
    );
  }

  /** Follows the one installation under way until it is as wanted. */
  untilInstall(what: string, isSo: (install: ModelInstall) => boolean): Promise<ModelInstall> {
    return until(
      what,
      async () => {
        const { installs } = await this.api<ModelLibraryAnswer>('/api/models/library');
        return installs.find(isSo);
      },
      { timeoutMs: this.#guest.limits.taskMs, everyMs: 500 },
    );
  }

  /** What the endpoint answers to "Say hello." @param model  the first it lists when left out */
  async answer(
    key: string,
    endpoint = this.origin,
    model?: string,
  ): Promise<{ readonly text: string; readonly receipt: string }> {
    const models = JSON.parse(
      (await this.ask(`${endpoint}/v1/models`, undefined, { authorization: `Bearer ${key}` })).body,
    ) as { readonly data: readonly { readonly id: string }[] }; // OpenAI's shape
    const answer = await this.ask(
      `${endpoint}/v1/chat/completions`,
      {
        model: model ?? models.data[0]?.id,
        messages: [{ role: 'user', content: 'Say hello.' }],
        max_tokens: 24,
      },
      { authorization: `Bearer ${key}` },
    );
    if (answer.status !== 200) throw new Error(`the endpoint answered ${answer.status}: ${answer.body}`);
    const { choices } = JSON.parse(answer.body) as {
      readonly choices: readonly { readonly message: { readonly content: string } }[];
    }; // OpenAI's shape
    return { text: choices[0]?.message.content ?? '', receipt: answer.receipt ?? '' };
  }
}

/** Has the update that is offered refused, or sees that none is. @throws Error when it is neither */
export async function refuseUpdate(owner: Person): Promise<void> {
  if ((await owner.findUpdate()).available !== null) {
    await owner.api('/api/update/install', {});
    const { last } = await owner.untilUpdate(
      'the refusal',
      (update) => update.state.kind === 'idle' && update.last !== null,
    );
    if (last?.outcome !== 'refused' || !last.reason?.endsWith('.'))
      throw new Error(`it was not refused in a sentence: ${JSON.stringify(last)}`);
  }
  const { state } = await owner.update();
  if (state.kind !== 'idle') throw new Error(`the update is ${state.kind}, not idle`);
}

/** With the phone, on the network whose lease it has. */
export const withPhone = (guest: Guest, dns: string, origin: string): Person =>
  new Person(guest, origin, (url, request) => phoneFetches(guest, url, { dns, ...request }));

/** By cable from this computer: `port` leads to the machine's port 80. */
export const byCable = (guest: Guest, port: number): Person =>
  new Person(guest, `http://127.0.0.1:${port}`, async (url, { method, body, headers }) => {
    const answer = await fetch(url, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      redirect: 'manual',
      signal: AbortSignal.timeout(guest.limits.commandMs),
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return {
      status: answer.status,
      location: answer.headers.get('location') ?? undefined,
      cookie: answer.headers.getSetCookie()[0]?.split(';')[0],
      receipt: answer.headers.get('b3iq-receipt') ?? undefined,
      body: await answer.text(),
    };
  });
