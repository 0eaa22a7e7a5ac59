/** Damaged model headers by the million: none may crash the gate, take long, or leave memory behind. */
import { once } from 'node:events';
import type { FuzzAnswer } from '../clients/fuzz-headers.ts';
import { messageOf, startScript } from '../harness/processes.ts';
import type { PartReport } from '../harness/report.ts';

const MIB = 1_048_576;

export async function headerGatePart(isShort: boolean): Promise<PartReport> {
  const child = startScript(
    'clients/fuzz-headers.ts',
    { count: isShort ? 10_000 : 1_000_000, seed: 1 },
    undefined,
  );
  const gone = once(child, 'exit');
  const answer = await messageOf<FuzzAnswer>(child); // a crash ends it without an answer
  await gone;
  return {
    title: 'The header gate',
    how: `${answer.tried} damaged GGUF and safetensors headers (fast-check, seed ${answer.seed}) through the gate that stands before every native loader, and the costliest header that passes every bound. Time is processor time of the one thread. The published exploit shapes are refused one by one in \`device/src/models/gate\`'s tests.`,
    columns: ['outcome', 'headers'],
    rows: answer.outcomes,
    goals: [
      { what: 'headers that crashed it', value: answer.crashes, bound: 0, kind: 'most', isExact: true },
      { what: 'slowest header, ms', value: answer.slowestMs, bound: 250, kind: 'most' },
      { what: 'memory grown, MiB', value: answer.growthBytes / MIB, bound: 256, kind: 'most' },
      {
        what: 'memory grown by the costliest, MiB',
        value: answer.worstGrowthBytes / MIB,
        bound: 256,
        kind: 'most',
      },
    ],
    notes: [
      `All of them took ${answer.cpuS.toFixed(1)} s. The costliest that passes has ${Math.round(answer.worstBytes / MIB)} MiB and takes ${Math.round(answer.worstMs)} ms.`,
    ],
  };
}
