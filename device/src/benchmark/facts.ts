/** What the machine is made of, for a signed benchmark. Separate: looking it up starts other programs, so once is enough. */
import { totalmem } from 'node:os';
import type { ReadHardware } from '../health/scan.ts';
import type { MachineFacts } from './document.ts';

/** Looked up at the first question and remembered: a machine is not rebuilt while it runs. What could not be found out in
 *  time is looked up again at the next one. */
export function machineFacts(read: ReadHardware): () => Promise<MachineFacts> {
  let known: Promise<MachineFacts> | undefined;
  return () => {
    known ??= read().then(({ processor, memoryBytes, graphics }) => {
      if (processor === undefined || graphics === undefined) known = undefined;
      return {
        processor: processor?.model,
        memoryBytes: memoryBytes ?? totalmem(),
        graphics: (graphics ?? []).map((card) => ({ name: card.model, memoryBytes: card.memoryBytes })),
      };
    });
    return known;
  };
}
