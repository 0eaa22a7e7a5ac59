/** What a bench process tells its parent: where it listens, and what it has cost so far. */
export interface Listening {
  readonly kind: 'listening';
  readonly port: number;
  /** Sent as `Authorization: Bearer …` when the server wants one. */
  readonly secret?: string;
}
export interface Cost {
  readonly kind: 'cost';
  readonly cpuUs: number;
  readonly rssBytes: number;
}
export type FromServer = Listening | Cost;

/** Tells the parent where this server listens, and answers every later message with the cost so far. */
export function report(listening: Omit<Listening, 'kind'>): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.({
      kind: 'cost',
      cpuUs: user + system,
      rssBytes: process.memoryUsage.rss(),
    } satisfies Cost);
  });
  process.send?.({ kind: 'listening', ...listening } satisfies Listening);
}
