/** The plug is pulled at many moments of claiming, joining and updating: at least thirty, spread over each operation. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { cutWhileClaiming, cutWhileJoining, cutWhileUpdating } from '../support/cuts.ts';
import { machines, nextImageFolder } from '../support/prepared.ts';
import { ReleaseServer, releaseOf } from '../support/release.ts';

machines('each test its own');
let server: ReleaseServer;
beforeAll(async () => {
  server = await ReleaseServer.start();
  server.folder = (await releaseOf(nextImageFolder())).folder;
});
afterAll(() => server?.stop());

/** Milliseconds of guest time after the operation began. */
const CLAIMING = [0, 100, 250, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000];
const JOINING = [0, 500, 1_500, 2_500, 4_000, 6_000, 8_000, 11_000, 15_000, 20_000];
const UPDATING = [
  ...[0, 2_000, 8_000].map((ms) => ['downloading', ms] as const),
  ...[0, 2_000, 5_000].map((ms) => ['verifying', ms] as const),
  ...[0, 1_000, 3_000, 7_000, 12_000, 20_000].map((ms) => ['writing', ms] as const),
];

describe('a power cut while claiming leaves an owner or none', () => {
  it.each(CLAIMING)('after %i ms', (ms) => cutWhileClaiming(ms));
});
describe('a power cut while joining leaves the proven network', () => {
  it.each(JOINING)('after %i ms', (ms) => cutWhileJoining(ms));
});
describe('a power cut while updating leaves a version that runs', () => {
  it.each(UPDATING)('while %s, after %i ms', (phase, ms) => cutWhileUpdating(server, phase, ms));
});
