/** A machine's updates in memory: what is read is set by a test, what is started is remembered. */
import { CodedError } from '../errors.ts';
import { readingOf } from './fixtures.ts';
import type { Reading, UpdateStep, UpdateWorld } from './port.ts';

export class FakeWorld implements UpdateWorld {
  reading: Reading = readingOf();
  readonly started: UpdateStep[] = [];
  /** The next order is refused. */
  refuses = false;

  async read(): Promise<Reading> {
    return this.reading;
  }
  async start(step: UpdateStep): Promise<void> {
    if (this.refuses) throw new CodedError('appliance_step_failed');
    this.started.push(step);
  }
  /** Replaces members of what is read. */
  tell(change: Partial<Reading>): void {
    this.reading = { ...this.reading, ...change };
  }
}
