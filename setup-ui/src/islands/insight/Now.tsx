/** The machine at this moment: what is in it and how it is. Separate from the charts, which come once a minute. */
import type { EngineHealth, GpuHealth, HealthAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { readHealth } from '../../api/insight.ts';
import { tameName } from '../../flow/parse.ts';
import { percentOf } from '../../flow/plot.ts';
import { health as text } from '../../strings/en.json';
import { fill, formatBytes, formatNumber, formatSpeed, plural } from '../../text.ts';

const EVERY_MS = 5_000;

export function Now() {
  const [health, setHealth] = useState<HealthAnswer>();
  useEffect(() => {
    let isOver = false;
    const look = async (): Promise<void> => {
      const answer = await readHealth();
      // What was read last stays: the charts' look says when the machine does not answer.
      if (!isOver && answer.kind === 'ok') setHealth(answer.value);
    };
    void look();
    const timer = window.setInterval(() => void look(), EVERY_MS);
    return () => {
      isOver = true;
      window.clearInterval(timer);
    };
  }, []);
  if (health === undefined) return null;
  const { cpu, memory, disk, gpus, engines, traffic } = health;
  return (
    <section class="now" aria-label={text.now}>
      <div class="charts">
        {gpus?.map((gpu, at) => (
          <Card key={gpu.id} gpu={gpu} number={gpus.length > 1 ? at + 1 : undefined} />
        ))}
        <Share name={text.memory} used={memory.used_bytes} total={memory.total_bytes} />
        <Share
          name={text.disk}
          used={
            disk.free_bytes === null || disk.total_bytes === null ? null : disk.total_bytes - disk.free_bytes
          }
          total={disk.total_bytes}
        >
          {disk.days_left !== null && plural(disk.days_left, text.full_one, text.full_other)}
        </Share>
        <Tile name={text.processor} value={percent(cpu.load_percent)} unit={text.at_work}>
          {known(degrees(cpu.temperature_c))}
        </Tile>
        <Tile name={text.requests} value={formatNumber(traffic.active_requests)} unit={text.answering}>
          {[
            fill(text.waiting, { count: formatNumber(traffic.queued_requests) }),
            traffic.tokens_per_second !== null &&
              fill(text.speed_now, { speed: formatSpeed(traffic.tokens_per_second) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </Tile>
      </div>
      {gpus === null && <p class="small">{text.no_look}</p>}
      {gpus?.length === 0 && <p class="small">{text.no_card}</p>}
      {engines.length > 0 && <Engines engines={engines} />}
    </section>
  );
}

interface TileProps {
  readonly name: string;
  readonly value: string | undefined;
  readonly unit: string;
  readonly children?: preact.ComponentChildren;
}

function Tile({ name, value, unit, children }: TileProps) {
  return (
    <section class="card tile">
      <h2>
        <bdi>{name}</bdi>
      </h2>
      <p class="value">
        {value ?? '–'} <small>{value === undefined ? text.unreadable : unit}</small>
      </p>
      <p class="under">{children}</p>
    </section>
  );
}

interface ShareProps {
  readonly name: string;
  readonly used: number | null;
  readonly total: number | null;
  readonly children?: preact.ComponentChildren;
}

/** Bytes in use of all there are. */
function Share({ name, used, total, children }: ShareProps) {
  const unit = total === null ? '' : fill(text.of, { total: formatBytes(total) });
  return (
    <section class="card tile">
      <h2>
        <bdi>{name}</bdi>
      </h2>
      <p class="value">
        {used === null ? '–' : formatBytes(used)} <small>{used === null ? text.unreadable : unit}</small>
      </p>
      {used !== null && total !== null && (
        <svg class="meter" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
          <rect class="all" width="100" height="8" rx="1.5" />
          <rect class="used" width={percentOf(used, total)} height="8" rx="1.5" />
        </svg>
      )}
      <p class="under">{children}</p>
    </section>
  );
}

/** A graphics card: its memory is what decides over models. */
function Card({ gpu, number }: { readonly gpu: GpuHealth; readonly number: number | undefined }) {
  const name = tameName(gpu.name, 60);
  const facts = [
    degrees(gpu.temperature_c),
    gpu.power_w !== null &&
      (gpu.power_limit_w === null
        ? fill(text.watts, { now: formatNumber(gpu.power_w) })
        : fill(text.watts_of, { now: formatNumber(gpu.power_w), most: formatNumber(gpu.power_limit_w) })),
    gpu.busy_percent !== null && `${percent(gpu.busy_percent)} ${text.at_work}`,
    ...(gpu.throttled ?? []).map((cause) => text[`slowed_${cause}`]),
  ].filter(Boolean);
  return (
    <Share
      // The charts below tell them apart by the same number.
      name={number === undefined ? name : fill(text.card, { name, number })}
      used={gpu.memory_used_bytes}
      total={gpu.memory_total_bytes}
    >
      {facts.length === 0 ? text.unreadable : facts.join(' · ')}
    </Share>
  );
}

const TONES: Readonly<Record<EngineHealth['state'], string>> = {
  ready: 'ok',
  idle: '',
  starting: 'acc',
  restarting: 'warn',
  stopped: 'warn',
  failed: 'bad',
};

function Engines({ engines }: { readonly engines: readonly EngineHealth[] }) {
  return (
    <section class="card panel">
      <h2>{text.engines}</h2>
      {engines.map(({ engine, model, state, restarts }) => (
        <div key={engine} class="model-head">
          <b>
            <bdi>{tameName(model, 80)}</bdi>
          </b>
          {restarts > 0 && (
            <span class="small">{plural(restarts, text.restarts_one, text.restarts_other)}</span>
          )}
          <span class={`tag ${TONES[state]}`}>{text[`state_${state}`]}</span>
        </div>
      ))}
    </section>
  );
}

const percent = (value: number | null): string | undefined =>
  value === null ? undefined : `${formatNumber(value)} %`;
const degrees = (value: number | null): string | undefined =>
  value === null ? undefined : `${formatNumber(value)} °C`;
const known = (value: string | undefined): string => value ?? text.no_heat;
