/** The plug is pulled in the middle of a claim, a join and an update; after each the machine is one of two, never between. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { cutWhileClaiming, cutWhileJoining, cutWhileWriting } from './support/cuts.ts';
import { machines, nextImageFolder } from './support/prepared.ts';
import { ReleaseServer, releaseOf } from './support/release.ts';

machines();

describe('after a power cut', () => {
  let server: ReleaseServer;
  beforeAll(async () => {
    server = await ReleaseServer.start();
    server.folder = (await releaseOf(nextImageFolder())).folder;
  });
  afterAll(() => server?.stop());

  it('while it is claimed, it has its owner or none, and the setup code says the same', () =>
    cutWhileClaiming(300));
  it('while it joins another network, it is back on the one that was proven', () => cutWhileJoining(4_000));
  it('while an update is written, it runs the version it had and can begin again', () =>
    cutWhileWriting(server, 2_000));
});
