/** `support bundle`: what would leave, and then, once that is meant, the file. */
import { buffer } from 'node:stream/consumers';
import { bundleContents } from '../agent/answers.ts';
import { type Command, EXIT } from '../argv/types.ts';
import type { Context } from '../context.ts';
import { reserveFile } from '../secrets.ts';
import { facts } from '../text/table.ts';

export async function supportBundle(
  { agent, out }: Context,
  { to }: Command & { kind: 'support-bundle' },
): Promise<number> {
  if (to === undefined) {
    const contents = await agent.ask({ method: 'GET', path: '/api/support/contents' }, bundleContents);
    if (out.json) await out.data(contents);
    else {
      await out.line(
        facts(
          contents.files.map(({ path, holds }) => [path, holds] as const),
          out.bold,
        ),
      );
      await out.note(`Never in it: ${contents.never.join(' · ')}.`);
      await out.note(
        'Nothing was made. `b3iq-host support bundle --out FILE` makes it; sending it is up to you.',
      );
    }
    return EXIT.ok;
  }
  const file = await reserveFile(to);
  try {
    const bytes = await buffer(await agent.open({ method: 'GET', path: '/api/support/bundle' }));
    await file.fill(bytes);
    if (out.json) await out.data({ path: file.path, size_bytes: bytes.length });
    else await out.note(`The bundle is in ${file.path}. It left this computer only if you send it.`);
    return EXIT.ok;
  } catch (error) {
    await file.discard();
    throw error;
  }
}
