/**
 * The network as the rest of the agent uses it, and the loop behind it: decide one step, do it, remember, again.
 * Separate from the decisions, which are pure: here is all that waits, listens and fails.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { JoinRequest, NetworksAnswer } from '@b3iq/wire/local-api';
import { CodedError, errorChain } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import type { Store } from '../store/port.ts';
import { toAnswer } from './answer.ts';
import { readAuthority } from './authority.ts';
import { toProfile } from './parse.ts';
import { planStep, wantsHotspot } from './plan.ts';
import type { Radio } from './port.ts';
import { performStep, STEP_LIMIT_MS } from './run.ts';
import { type Setup, startSetup } from './setup.ts';
import { onSetupEvent, type SetupEvent } from './state.ts';
import type { Step } from './step.ts';
import type { Hotspot, NetworkSlice } from './types.ts';

export interface NetworkDeps {
  /** `undefined` on a Host: it uses the computer's own network. */
  readonly radio: Radio | undefined;
  /** Name and password of the setup network, from the label; `undefined` while they cannot be had. */
  readonly hotspot: Hotspot | undefined;
  readonly store: Store<NetworkSlice>;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the page is once a join is through, such as `http://b3iq-n7k4.local/`. */
  readonly nextUrl?: () => string | null;
  /** Who owns the machine now, and whether the wizard is behind them. */
  readonly owner?: () => { readonly isClaimed: boolean; readonly isSettled: boolean };
  /** Resolves after `ms`, or when `signal` aborts; a test's own time otherwise. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** For tests: a shorter bound of the steps that wait for others. */
  readonly stepLimitMs?: number;
  /** Called after each change that the firewall, the doors or a display may have to follow. */
  readonly onChange?: () => void;
}

export class NetworkService {
  readonly #deps: NetworkDeps;
  #setup: Setup;
  #running: { readonly step: Step; readonly give: AbortController } | undefined;
  #wake: () => void = () => {};
  #isClosed = false;
  #loop: Promise<void> = Promise.resolve();
  #stopListening: () => void = () => {};
  #told = '';
  /** Those who wait for the list of a scan that needs no hotspot to go. */
  readonly #waiting = new Set<() => void>();

  constructor(deps: NetworkDeps) {
    this.#deps = deps;
    this.#setup = startSetup(deps.store.read());
    this.#refreshOwner();
  }

  /** Whether the wizard has a network step on this machine. */
  get hasRadio(): boolean {
    return this.#deps.radio !== undefined;
  }
  get isSimulated(): boolean {
    return this.#deps.radio?.simulated ?? false;
  }
  /** The setup network is open, or about to be: phones on it need DHCP, DNS and the way to the page. */
  get isHotspotOpen(): boolean {
    return wantsHotspot(this.#setup, this.#deps.clock.monotonicMs()) && this.hasRadio;
  }
  /** The machine's own address on its setup network while that is open, such as `10.42.0.1`. */
  get hotspotAddress(): string | undefined {
    return this.#setup.sight?.hotspot?.replace(/\.0\/\d+$/, '.1');
  }
  /** Addresses of this machine on its links, the hotspot's first. */
  addresses(): readonly string[] {
    const { sight } = this.#setup;
    return [this.hotspotAddress, sight?.wifi?.address, sight?.wired?.address].filter((a) => a !== undefined);
  }

  /** Begins to look after the network; from here on until `close`. */
  start(): void {
    const { radio } = this.#deps;
    if (radio === undefined) return;
    this.#stopListening = radio.onChange(() => this.#on({ kind: 'changed' }));
    this.#loop = this.#run(radio);
  }

  /** The claim, or the wizard's step, is another now. */
  ownerChanged(): void {
    this.#refreshOwner();
    this.#wake();
  }

  /** What was heard last and how the join stands. @throws network_unavailable */
  answer(): NetworksAnswer {
    this.#require();
    return toAnswer(this.#setup, this.#deps.clock.monotonicMs(), {
      hotspotSsid: this.#deps.hotspot?.ssid ?? null,
      nextUrl: this.#deps.nextUrl?.() ?? null,
    });
  }

  /** As `answer`, for the owner's page: while it is read the setup network stays. @throws network_unavailable */
  show(): NetworksAnswer {
    this.#on({ kind: 'owner-seen' });
    return this.answer();
  }

  /**
   * Listens again. With the hotspot open that is announced and done later; otherwise the list is new.
   * @throws network_unavailable
   */
  async scan(): Promise<NetworksAnswer> {
    this.#requireRadio();
    if (this.#setup.sight?.radio === 'blocked') throw new CodedError('network_unavailable');
    this.#on({ kind: 'owner-seen' });
    const before = this.#setup.heard;
    this.#on({ kind: 'scan-asked' });
    const { refresh } = this.#setup;
    if (refresh?.kind === 'announced' && refresh.startsAtMs <= this.#deps.clock.monotonicMs()) {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
      if (this.#setup.heard === before && this.#setup.trial === undefined)
        throw new CodedError('network_unavailable');
    }
    return this.answer();
  }

  /** Begins to join and returns at once; a join that has proven nothing yet is given up.
   *  @throws network_unavailable, invalid_request */
  join(request: JoinRequest): NetworksAnswer {
    this.#requireRadio();
    const pem = request.ca_certificate_pem;
    const checked = pem === undefined ? request : { ...request, ca_certificate_pem: readAuthority(pem) };
    const { profile, refused } = toProfile(checked, this.#setup.heard, randomUUID());
    this.#on(
      refused === undefined
        ? { kind: 'join-asked', profile }
        : { kind: 'join-refused', profile, reason: refused },
    );
    return this.answer();
  }

  /** Drops the proven network; the hotspot comes back unless a cable will do. @throws network_unavailable */
  forget(): NetworksAnswer {
    this.#require();
    this.#on({ kind: 'forget-asked' });
    return this.answer();
  }

  /** Stops in the middle of whatever it does: the next start takes it up from the record. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopListening();
    this.#running?.give.abort(new Error('the agent stops'));
    this.#wake();
    await this.#loop;
    for (const resolve of this.#waiting) resolve();
    await this.#deps.radio?.close();
  }

  #refreshOwner(): void {
    const { isClaimed, isSettled } = this.#deps.owner?.() ?? { isClaimed: false, isSettled: false };
    if (isClaimed !== this.#setup.isClaimed || isSettled !== this.#setup.isSettled)
      this.#on({ kind: 'owner', isClaimed, isSettled });
  }

  #require(): void {
    if (this.#deps.radio === undefined)
      throw new CodedError(
        'network_unavailable',
        'This computer’s own network is used; there is nothing to join here.',
      );
  }
  #requireRadio(): void {
    this.#require();
    if (this.#setup.sight?.radio === 'missing')
      throw new CodedError('network_unavailable', 'This machine has no Wi-Fi. Use a network cable.');
  }

  #on(event: SetupEvent): void {
    const { clock } = this.#deps;
    const now = { ms: clock.monotonicMs(), at: new Date(clock.now()).toISOString() };
    this.#setup = onSetupEvent(this.#setup, event, now);
    const { join, trial } = this.#setup;
    const { step, give } = this.#running ?? {};
    // News that makes the step pointless: another network was asked for, or none any more.
    if (step?.kind === 'connect' && step.profile.id !== trial?.profile.id) give?.abort(new Error('replaced'));
    if (step?.kind === 'reconnect' && trial !== undefined) give?.abort(new Error('replaced'));
    if (this.#setup.refresh === undefined) {
      for (const resolve of this.#waiting) resolve();
      this.#waiting.clear();
    }
    const news = `${join.kind} ${this.isHotspotOpen} ${this.addresses().join()}`;
    if (news !== this.#told) {
      this.#told = news;
      this.#deps.onChange?.();
    }
    this.#wake();
  }

  async #run(radio: Radio): Promise<void> {
    const { clock } = this.#deps;
    while (!this.#isClosed) {
      this.#wake = () => {};
      this.#refreshOwner();
      const step = planStep(this.#setup, clock.monotonicMs());
      if (step.kind === 'rest') await this.#rest(step.untilMs);
      else await this.#perform(radio, step);
    }
  }

  async #perform(radio: Radio, step: Exclude<Step, { kind: 'rest' }>): Promise<void> {
    const { store, hotspot, log } = this.#deps;
    const give = new AbortController();
    this.#running = { step, give };
    this.#on({ kind: 'begun', step });
    const limitMs = this.#deps.stepLimitMs ?? STEP_LIMIT_MS[step.kind];
    const onLimit = () => give.abort(new Error('it took too long'));
    const limit = limitMs === undefined ? undefined : globalThis.setTimeout(onLimit, limitMs);
    try {
      const report = (event: SetupEvent) => {
        if (!give.signal.aborted) this.#on(event);
      };
      const event = await performStep(step, { radio, store, hotspot, report, signal: give.signal });
      this.#running = undefined;
      this.#on(give.signal.aborted ? { kind: 'broken', step } : event);
      if (event.kind === 'connected' && event.outcome.kind === 'failed')
        log.info('network.join_failed', { reason: event.outcome.reason });
      else if (step.kind !== 'look') log.info('network.step_done', { step: step.kind });
    } catch (error) {
      this.#running = undefined;
      const isOurs = give.signal.aborted;
      log.warn('network.step_failed', { step: step.kind, reason: isOurs ? 'given up' : errorChain(error) });
      this.#on({ kind: 'broken', step });
    } finally {
      clearTimeout(limit);
    }
  }

  /** Until something happens, or `untilMs`. */
  async #rest(untilMs: number): Promise<void> {
    const { clock, sleep = sleepFor } = this.#deps;
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await sleep(Math.max(0, untilMs - clock.monotonicMs()), woken.signal);
  }
}

async function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {}); // it rejects only when it is woken
}
