/**
 * What the agent may ask of the system: to start one of a fixed list of units, which do what needs root.
 * Separate because this list and the polkit rule in the image say the same thing twice, on purpose: the agent's list is
 * a type, the rule is the boundary.
 */
import { execa } from 'execa';
import { CodedError } from '../errors.ts';

/** Oneshots without parameters; each reads and checks what it needs by itself. */
export const STEP_UNITS = [
  'b3iq-firewall',
  'b3iq-factory-reset',
  'b3iq-update-check',
  'b3iq-update',
  'b3iq-recovery-key',
  'b3iq-power-off',
  'b3iq-restart',
] as const;
/** Engines a machine can run at once: one a unit instance. */
export const ENGINE_INSTANCES = [0, 1, 2, 3, 4, 5, 6, 7] as const;
export type EngineInstance = (typeof ENGINE_INSTANCES)[number];
export type UnitName =
  | (typeof STEP_UNITS)[number]
  | `b3iq-${'start' | 'stop' | 'restart'}-engine@${EngineInstance}`;

export interface SystemUnits {
  /**
   * Starts a oneshot and waits for its end.
   * @param options.wait  `false`: returns once it is queued, for steps that end this very process
   * @param options.timeoutMs  bound on the waiting, default 120,000
   * @throws appliance_step_failed when it was refused, failed or took too long
   */
  start(name: UnitName, options?: { readonly wait?: boolean; readonly timeoutMs?: number }): Promise<void>;
}

const TIMEOUT_MS = 120_000;

/**
 * Through `systemctl`, which speaks to the manager over D-Bus, where polkit decides. It prints nothing we would need:
 * the exit status says whether the unit ended well. @see systemctl(1)
 */
export function systemdUnits(program = 'systemctl'): SystemUnits {
  return {
    async start(name, { wait = true, timeoutMs = TIMEOUT_MS } = {}) {
      const result = await execa(
        program,
        ['start', '--no-ask-password', '--quiet', ...(wait ? [] : ['--no-block']), `${name}.service`],
        { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore', timeout: timeoutMs, reject: false },
      );
      if (!result.failed) return;
      const how = result.timedOut ? 'took too long' : `ended with status ${result.exitCode ?? 'unknown'}`;
      throw new CodedError('appliance_step_failed', `The system step ${name} ${how}. Try again.`, {
        cause: new Error(result.shortMessage),
      });
    },
  };
}

/** Remembers what was started; `fails` names units that fail. */
export class FakeUnits implements SystemUnits {
  readonly started: UnitName[] = [];
  readonly fails = new Set<UnitName>();
  /** Runs when a unit is started, in place of what it would do. */
  onStart: (name: UnitName) => void | Promise<void> = () => {};

  async start(name: UnitName): Promise<void> {
    this.started.push(name);
    if (this.fails.has(name)) throw new CodedError('appliance_step_failed');
    await this.onStart(name);
  }
}
