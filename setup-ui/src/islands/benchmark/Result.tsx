/** One model's newest result in words and numbers, and how it came to it over time. */
import type { BenchmarkResult } from '@b3iq/wire/local-api';
import { documentPath } from '../../api/benchmark.ts';
import { changePercent, type Measured } from '../../flow/benchmark.ts';
import { tameName, tameText } from '../../flow/parse.ts';
import { Icon } from '../../parts/Icon.tsx';
import { benchmark as text } from '../../strings/en.json';
import { fill, formatDay, formatNumber, formatSpeed } from '../../text.ts';
import { History } from './History.tsx';

export function Result({ measured }: { readonly measured: Measured }) {
  const { latest, history } = measured;
  const [first = '', ...rest] = latest.sentences;
  const change = changePercent(history);
  return (
    <section class="card panel result">
      <div class="model-head">
        <h2 id={`model-${latest.id}`}>
          <bdi>{tameName(latest.label, 80)}</bdi>
        </h2>
        {latest.self_test && <span class="tag acc">{text.self_test}</span>}
        {latest.disturbed && <span class="tag warn">{text.disturbed}</span>}
      </div>
      <p class="verdict">{tameText(first, 300)}</p>
      <ul class="sentences">
        {rest.map((sentence) => (
          <li key={sentence}>{tameText(sentence, 300)}</li>
        ))}
      </ul>
      <dl class="figures num">
        <Figure term={text.writes} value={formatSpeed(latest.decode_tokens_per_second)} unit={text.rate}>
          {change === undefined ? undefined : changeWords(change)}
        </Figure>
        <Figure term={text.reads} value={formatSpeed(latest.prefill_tokens_per_second)} unit={text.rate} />
        <Figure term={text.begins} value={formatNumber(latest.first_token_ms)} unit={text.ms} />
        <Figure
          term={text.heat}
          value={latest.temperature_c === null ? '–' : formatNumber(latest.temperature_c)}
          unit={latest.temperature_c === null ? text.unreadable : text.celsius}
        />
        <Figure
          term={text.power}
          value={latest.power_w === null ? '–' : formatNumber(latest.power_w)}
          unit={latest.power_w === null ? text.unreadable : text.watts}
        />
      </dl>
      {latest.concurrency.length > 1 && <Levels run={latest} />}
      {history.length > 1 && <History history={history} />}
      <div class="row foot">
        <span class="small num">
          {fill(text.when, { date: formatDay(latest.at), rounds: latest.rounds, version: latest.version })}
        </span>
        <a class="btn small quiet" href={documentPath(latest.id)} download={`${latest.id}.json`}>
          <Icon name="download" />
          {text.download}
        </a>
      </div>
      <p class="small">{text.download_body}</p>
    </section>
  );
}

interface FigureProps {
  readonly term: string;
  readonly value: string;
  readonly unit: string;
  readonly children?: string | undefined;
}

function Figure({ term, value, unit, children }: FigureProps) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        <b>{value}</b> <small>{unit}</small>
        {children !== undefined && <span class="small">{children}</span>}
      </dd>
    </div>
  );
}

function changeWords(percent: number): string {
  if (percent === 0) return text.same;
  return fill(percent > 0 ? text.faster : text.slower, { percent: Math.abs(percent) });
}

/** What is left for each when several ask at once. */
function Levels({ run }: { readonly run: BenchmarkResult }) {
  const most = Math.max(...run.concurrency.map((level) => level.tokens_per_second));
  return (
    <div class="levels">
      <h3 id={`levels-${run.id}`}>{text.together}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: with very large text it is wider than a phone and scrolls, also by keys */}
      <section class="scroller" tabIndex={0} aria-labelledby={`levels-${run.id} model-${run.id}`}>
        <table aria-labelledby={`levels-${run.id}`} class="num">
          <thead>
            <tr>
              <th scope="col">{text.col_streams}</th>
              <th scope="col" class="right">
                {text.col_all}
              </th>
              <th scope="col" class="right">
                {text.col_each}
              </th>
              <th scope="col" class="right">
                {text.col_first}
              </th>
            </tr>
          </thead>
          <tbody>
            {run.concurrency.map(({ streams, tokens_per_second: rate, first_token_ms: first }) => (
              <tr key={streams}>
                <th scope="row">{streams}</th>
                <td class="right">
                  <span class="bar">
                    <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                      <rect width={most > 0 ? (rate / most) * 100 : 0} height="8" />
                    </svg>
                  </span>
                  <span class="rate">{formatSpeed(rate)}</span>
                </td>
                <td class="right">{formatSpeed(rate / streams)}</td>
                <td class="right">
                  {formatNumber(first)} {text.ms}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="small">{text.together_unit}</p>
    </div>
  );
}
