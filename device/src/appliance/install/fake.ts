/** A person who answers from a list and a machine that writes nothing, for tests. */
import type { Machine, Person } from './port.ts';
import type { TargetDisk } from './types.ts';

export class FakePerson implements Person {
  readonly heard: string[] = [];
  readonly #answers: string[];
  constructor(...answers: readonly string[]) {
    this.#answers = [...answers];
  }
  say(...lines: readonly string[]): void {
    this.heard.push(...lines);
  }
  async ask(question: string): Promise<string> {
    this.heard.push(question);
    return this.#answers.shift() ?? '';
  }
}

export class FakeMachine implements Machine {
  readonly written: string[] = [];
  readonly #disks: readonly TargetDisk[];
  tpm = true;
  fails = false;
  constructor(...disks: readonly TargetDisk[]) {
    this.#disks = disks;
  }
  async disks(): Promise<readonly TargetDisk[]> {
    return this.#disks;
  }
  hasTpm(): boolean {
    return this.tpm;
  }
  async write({ path }: TargetDisk): Promise<void> {
    if (this.fails) throw new Error('no space left on /dev/somewhere');
    this.written.push(path);
  }
}
