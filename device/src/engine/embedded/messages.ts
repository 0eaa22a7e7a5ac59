/** What agent and engine child say to one another over the child's IPC channel. Separate because both ends read it,
 *  and the agent trusts nothing a process says that runs native code on hostile files. */
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../errors.ts';

/** The one message to the child, right after its start. */
export const childConfig = z.strictObject({
  modelId: z.string(),
  modelPath: z.string(),
  socketPath: z.string(),
  contextTokens: z.int().min(1),
  slots: z.int().min(1).max(64),
  threads: z.int().min(1).max(1024),
  gpu: z.union([z.literal('auto'), z.literal(false)]),
});
export type ChildConfig = z.infer<typeof childConfig>;

/** From the child: a sign of life, the part of the file loaded, ready to answer, or why it cannot. */
export const childMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alive') }),
  z.object({ kind: z.literal('loading'), part: z.number() }),
  z.object({ kind: z.literal('ready') }),
  z.object({
    kind: z.literal('refused'),
    code: z.custom<ErrorCode>((value) => typeof value === 'string' && Object.hasOwn(ERRORS, value)),
    detail: z.string().max(1000),
  }),
]);
export type ChildMessage = z.infer<typeof childMessage>;
