/** Measuring what the machine can do. Separate: only one page asks for it. */
import type { BenchmarkAnswer } from '@b3iq/wire/local-api';
import { type Answer, call } from './call.ts';

export const readBenchmark = (): Promise<Answer<BenchmarkAnswer>> => call('GET', '/api/benchmark');
/** @param anyway  also beside other requests; the result then says so */
export const startBenchmark = (anyway: boolean): Promise<Answer<BenchmarkAnswer>> =>
  call('POST', '/api/benchmark/start', { anyway });
export const stopBenchmark = (): Promise<Answer<BenchmarkAnswer>> => call('POST', '/api/benchmark/stop', {});
/** Where a result lies as a signed file. */
export const documentPath = (id: string): string => `/api/benchmark/${encodeURIComponent(id)}`;
