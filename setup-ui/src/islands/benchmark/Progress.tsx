/** A measuring under way: what it does, how far it is, how long it takes. */
import type { BenchmarkProgress } from '@b3iq/wire/local-api';
import { tameName } from '../../flow/parse.ts';
import { percentOf } from '../../flow/plot.ts';
import { Note } from '../../parts/Note.tsx';
import { benchmark as text } from '../../strings/en.json';
import { fill, spanOf } from '../../text.ts';

export function Progress({ progress }: { readonly progress: BenchmarkProgress }) {
  const { label, step, streams, done, total, seconds_left: left, disturbed } = progress;
  const what = fill(streams > 1 ? text.step_write_many : text[`step_${step}`], { count: streams });
  return (
    <section class="card panel measuring" aria-labelledby="measuring">
      <h2 id="measuring">
        {text.running} <bdi>{tameName(label, 80)}</bdi>
      </h2>
      <p>{what}</p>
      <svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="all" width="100" height="8" rx="1.5" />
        <rect class="used" width={percentOf(done, total)} height="8" rx="1.5" />
      </svg>
      <p class="small num">
        {fill(text.step_of, { done: done + 1, total })}
        {left !== null && ` · ${fill(text.left, { time: spanOf(left) })}`}
      </p>
      <p class="small">{text.leave}</p>
      {disturbed && <Note tone="warn" title={text.disturbed_now} isNews />}
    </section>
  );
}
