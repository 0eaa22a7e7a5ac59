/** A computer that does nothing and remembers what it was asked. Stands in for a service manager of each kind. */
import type { Computer, StepResult } from './port.ts';
import type { Manager, Scope, ServiceFacts, Step } from './types.ts';

/** A person's computer, as each manager sees it. */
export function fakeFacts(manager: Manager, given: Partial<ServiceFacts> = {}): ServiceFacts {
  const isWindows = manager === 'task-scheduler';
  const home = isWindows ? 'C:\\Users\\anna' : manager === 'launchd' ? '/Users/anna' : '/home/anna';
  return {
    manager,
    scope: 'user',
    nodePath: isWindows ? 'C:\\Program Files\\nodejs\\node.exe' : '/usr/local/bin/node',
    programPath: isWindows
      ? 'C:\\Program Files\\b3iq\\node_modules\\b3iq-host\\lib\\b3iq\\agent\\b3iq-host.mjs'
      : '/usr/local/lib/node_modules/b3iq-host/lib/b3iq/agent/b3iq-host.mjs',
    stateDir: undefined,
    home,
    user: isWindows ? 'DESK\\anna' : 'anna',
    uid: isWindows ? undefined : 1000,
    isRoot: given.scope === 'system' && !isWindows,
    userUnitDir: `${home}/.config/systemd/user`,
    systemUnitDir: '/etc/systemd/system',
    gpuGroups: ['video', 'render'],
    lingers: false,
    localAppData: isWindows ? 'C:\\Users\\anna\\AppData\\Local' : undefined,
    programData: isWindows ? 'C:\\ProgramData' : undefined,
    ...given,
  };
}

export class FakeComputer implements Computer {
  readonly ran: string[] = [];
  /** What a command gives whose words contain the key; 0 and silence otherwise. */
  readonly gives = new Map<string, StepResult>();
  readonly #facts: ServiceFacts;
  isAnswering = true;
  managerFault: string | undefined;

  constructor(facts: ServiceFacts) {
    this.#facts = facts;
  }

  async facts(scope: Scope, stateDir: string | undefined): Promise<ServiceFacts> {
    return { ...this.#facts, scope, stateDir };
  }
  async fault(): Promise<string | undefined> {
    return this.managerFault;
  }
  async run({ argv }: Step): Promise<StepResult> {
    const line = argv.join(' ');
    this.ran.push(line);
    for (const [words, result] of this.gives) if (line.includes(words)) return result;
    return { status: 0, output: '' };
  }
  async answers(): Promise<boolean> {
    return this.isAnswering;
  }
}
