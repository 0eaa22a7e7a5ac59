/**
 * Readings and warnings for somebody who is not the owner: numbers and kinds, no name anybody gave. Pure.
 * Separate because a support bundle and a support grant show the same.
 */
import type { HealthAlertsAnswer, HealthAnswer } from '@b3iq/wire/local-api';

/** A name out of hardware or a kernel: printable, short, and no address or path. */
export const plain = (text: string | null | undefined): string | null =>
  text !== null && text !== undefined && /^[\w .,()+@-]{1,80}$/.test(text) && !/\d(?:\.\d+){3}/.test(text)
    ? text
    : null;

/** Readings without a name: engines and models are numbered in the order they stand. */
export function readingsOf({ at, cpu, memory, disk, gpus, engines, traffic }: HealthAnswer): HealthAnswer {
  const models = [...new Set(engines.map(({ model }) => model))];
  return {
    at,
    cpu,
    memory,
    disk,
    gpus:
      gpus?.map((gpu) => ({ ...gpu, name: plain(gpu.name) ?? gpu.vendor, driver: plain(gpu.driver) })) ??
      null,
    engines: engines.map(({ model, state, restarts }, index) => ({
      engine: `engine-${index + 1}`,
      model: `model-${models.indexOf(model) + 1}`,
      state,
      restarts,
    })),
    traffic,
  };
}

/** Kinds and times; a warning's id and its sentences may name a model. */
export function alertsOf({ alerts }: HealthAlertsAnswer) {
  return {
    alerts: alerts.map(({ kind, severity, raised_at, gone_at, times }) => ({
      kind,
      severity,
      raised_at,
      gone_at,
      times,
    })),
  };
}
