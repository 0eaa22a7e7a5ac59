/** Scans and joins for the wizard: one join at a time, bounded in time, remembered only once it is proven. */
import type { JoinRequest, NetworksAnswer, WifiNetwork } from '@b3iq/wire/local-api';
import { CodedError } from '../errors.ts';
import type { Clock } from '../os/clock.ts';
import type { Log } from '../os/log.ts';
import type { Store } from '../store/port.ts';
import { isPossiblePassword, printableSsid, ssidFromHex, toNetworkList } from './parse.ts';
import type { Radio } from './port.ts';
import { type JoinEvent, type JoinRecord, noJoin, onJoinEvent } from './state.ts';
import type { JoinOrder, NetworkSlice } from './types.ts';

/** A scan takes 2–4 s on one radio; three times that is a radio that hangs. */
const SCAN_LIMIT_MS = 12_000;
/** Association 15 s, DHCP 20 s, a probe 10 s: longer than any join that works. */
const JOIN_LIMIT_MS = 45_000;

export interface NetworkDeps {
  /** `undefined` on a Host: it uses the computer's own network. */
  readonly radio: Radio | undefined;
  readonly store: Store<NetworkSlice>;
  readonly clock: Clock;
  readonly log: Log;
  readonly joinLimitMs?: number;
}

export class NetworkService {
  readonly #deps: NetworkDeps;
  #networks: readonly WifiNetwork[] = [];
  #scannedAtMs: number | undefined;
  #scan: Promise<void> | undefined;
  #record: JoinRecord = noJoin;
  #running: AbortController | undefined;

  constructor(deps: NetworkDeps) {
    this.#deps = deps;
  }

  /** Whether the wizard has a network step on this machine. */
  get hasRadio(): boolean {
    return this.#deps.radio !== undefined;
  }
  get isSimulated(): boolean {
    return this.#deps.radio?.simulated ?? false;
  }

  /** What was heard last and how the join stands. @throws network_unavailable */
  answer(): NetworksAnswer {
    this.#radio();
    const age_s =
      this.#scannedAtMs === undefined
        ? 0
        : Math.floor((this.#deps.clock.monotonicMs() - this.#scannedAtMs) / 1000);
    return { networks: this.#networks, age_s, join: this.#record.state };
  }

  /** Listens again; requests at the same time share one scan. @throws network_unavailable */
  async scan(): Promise<NetworksAnswer> {
    const radio = this.#radio();
    this.#scan ??= this.#listen(radio).finally(() => {
      this.#scan = undefined;
    });
    await this.#scan;
    return this.answer();
  }

  /** Begins to join and returns at once; a join that still runs is given up. @throws network_unavailable */
  join(request: JoinRequest): NetworksAnswer {
    const radio = this.#radio();
    const order: JoinOrder = {
      ssid: ssidFromHex(request.ssid_hex),
      password: request.password === '' ? undefined : request.password,
      hidden: request.hidden ?? false,
    };
    this.#running?.abort(new Error('replaced by another join'));
    this.#on({ kind: 'asked', ssid: printableSsid(order.ssid) });
    const { serial } = this.#record;
    if (order.password !== undefined && !isPossiblePassword(order.password))
      this.#on({ kind: 'ended', serial, outcome: { kind: 'failed', reason: 'password-too-short' } });
    else void this.#follow(radio, order, request.ssid_hex, serial);
    return this.answer();
  }

  /** Gives a running join up. */
  close(): void {
    this.#running?.abort(new Error('the agent stops'));
  }

  #radio(): Radio {
    if (this.#deps.radio === undefined)
      throw new CodedError(
        'network_unavailable',
        'This computer’s own network is used; there is nothing to join here.',
      );
    return this.#deps.radio;
  }

  #on(event: JoinEvent): void {
    this.#record = onJoinEvent(this.#record, event);
  }

  async #listen(radio: Radio): Promise<void> {
    try {
      this.#networks = toNetworkList(await radio.scan(AbortSignal.timeout(SCAN_LIMIT_MS)));
      this.#scannedAtMs = this.#deps.clock.monotonicMs();
    } catch (cause) {
      if (cause instanceof CodedError) throw cause;
      throw new CodedError('network_unavailable', undefined, { cause });
    }
  }

  /** Never throws: whatever happens becomes the join's state. */
  async #follow(radio: Radio, order: JoinOrder, ssidHex: string, serial: number): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    const timer = setTimeout(() => {
      this.#on({ kind: 'timed-out', serial });
      running.abort(new Error('the join took too long'));
    }, this.#deps.joinLimitMs ?? JOIN_LIMIT_MS);
    try {
      const outcome = await radio.join(
        order,
        (phase) => this.#on({ kind: 'phase', serial, phase }),
        running.signal,
      );
      if (running.signal.aborted) return; // replaced or timed out: its state is written already
      if (outcome.kind === 'joined')
        await this.#deps.store.update(() => ({ intent: { ssid_hex: ssidHex, hidden: order.hidden } }));
      this.#on({ kind: 'ended', serial, outcome });
      this.#deps.log.info('network.join_ended', {
        outcome: outcome.kind === 'joined' ? 'joined' : outcome.reason,
      });
    } catch {
      if (!running.signal.aborted)
        this.#on({ kind: 'ended', serial, outcome: { kind: 'failed', reason: 'refused' } });
      this.#deps.log.warn('network.join_failed', { replaced: running.signal.aborted });
    } finally {
      clearTimeout(timer);
      if (this.#running === running) this.#running = undefined;
    }
  }
}
