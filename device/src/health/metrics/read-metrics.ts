/**
 * Reads the text format 0.0.4 as strictly as its description allows, for tests: what a scraper would refuse, this refuses.
 * Separate from the writer, and written from the description, not from the writer.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */

export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
export interface ReadFamily {
  readonly help: string;
  readonly type: string;
  readonly samples: readonly ReadSample[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LINE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`, 's');
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/s;

/** Families by name. @throws Error naming the line that is wrong */
export function readMetrics(text: string): ReadonlyMap<string, ReadFamily> {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the last line must end with a line feed');
  const families = new Map<string, { help: string; type: string; samples: ReadSample[] }>();
  let current: { name: string; help: string; type: string; samples: ReadSample[] } | undefined;
  const seen = new Set<string>();
  for (const line of text.split('\n').slice(0, -1)) {
    const comment = new RegExp(`^# (HELP|TYPE) (${NAME}) (.*)$`, 's').exec(line);
    if (comment !== null) {
      const [, what, name = '', rest = ''] = comment;
      if (current?.name !== name) {
        if (families.has(name)) throw new Error(`${name} comes in two pieces`);
        current = { name, help: '', type: '', samples: [] };
        families.set(name, current);
      }
      if (current.samples.length > 0) throw new Error(`${what} of ${name} after its first sample`);
      if (what === 'HELP') current.help = rest;
      else if (/^(?:counter|gauge|histogram|summary|untyped)$/.test(rest)) current.type = rest;
      else throw new Error(`no type: ${line}`);
      continue;
    }
    const [, name = '', labelText, valueText = ''] = LINE.exec(line) ?? [];
    if (name === '' || current === undefined) throw new Error(`no sample: ${line}`);
    const suffix = name.slice(current.name.length);
    const mayFollow = current.type === 'histogram' ? /^_(?:bucket|sum|count)$/ : /^$/;
    if (!name.startsWith(current.name) || !mayFollow.test(suffix)) throw new Error(`out of place: ${line}`);
    const labels = readLabels(labelText ?? '', line);
    const value = valueText === '+Inf' ? Number.POSITIVE_INFINITY : Number(valueText);
    if (Number.isNaN(value)) throw new Error(`no number: ${line}`);
    const id = JSON.stringify([name, Object.entries(labels).toSorted()]);
    if (seen.has(id)) throw new Error(`twice: ${line}`);
    seen.add(id);
    current.samples.push({ name, labels, value });
  }
  for (const [name, { type, samples }] of families) if (type === 'histogram') checkHistogram(name, samples);
  return families;
}

function readLabels(text: string, line: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  let rest = text;
  while (rest !== '') {
    const match = LABEL.exec(rest);
    if (match === null) throw new Error(`no label: ${line}`);
    const [whole, name = '', value = ''] = match;
    if (name in labels) throw new Error(`label twice: ${line}`);
    labels[name] = value.replace(/\\(["\\n])/g, (_, mark: string) => (mark === 'n' ? '\n' : mark));
    rest = rest.slice(whole.length);
  }
  return labels;
}

/** Buckets never fall, end with `+Inf`, and that is the count. */
function checkHistogram(name: string, samples: readonly ReadSample[]): void {
  const groups = new Map<string, ReadSample[]>();
  for (const sample of samples) {
    const { le: _, ...rest } = sample.labels;
    const key = JSON.stringify(Object.entries(rest).toSorted());
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const group of groups.values()) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const count = group.find((sample) => sample.name === `${name}_count`)?.value;
    const bounds = buckets.map(({ labels }) =>
      labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le),
    );
    const isRising = bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? bound));
    const isGrowing = buckets.every(({ value }, i) => i === 0 || value >= (buckets[i - 1]?.value ?? value));
    if (
      !isRising ||
      !isGrowing ||
      bounds.at(-1) !== Number.POSITIVE_INFINITY ||
      buckets.at(-1)?.value !== count
    )
      throw new Error(`the buckets of ${name} do not add up`);
    if (!group.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name} has no sum`);
  }
}
