/** What agent and engine process say to one another: over the IPC channel of a child, over the socket of a unit.
 *  Separate because both ends read it, and the agent trusts nothing a process says that runs native code on hostile files. */
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../errors.ts';
import { GPU_VENDORS, MAX_GPUS } from '../../health/gpu/types.ts';

/** A card as `health/gpu` read it; the two names reach the environment of native code, so they are what they look like. */
const card = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/),
  uuid: z
    .string()
    .regex(/^GPU-[0-9a-f-]{16,36}$/)
    .nullable(),
  vendor: z.enum(GPU_VENDORS),
  name: z.string().min(1).max(80),
});

/** What an engine is to serve, and where. The one message to a child; a file for a unit. */
export const engineTask = z.strictObject({
  modelId: z.string().min(1).max(200),
  modelPath: z.string().min(1).max(1_000),
  socketPath: z.string().min(1).max(100),
  contextTokens: z.int().min(1).max(16_777_216),
  slots: z.int().min(1).max(64),
  threads: z.int().min(1).max(1024),
  gpu: z.union([z.literal('auto'), z.literal(false)]),
  /** Cards of its own; `null`: any there are. Numbers shift, so each is named by what stays. */
  cards: z.array(card).min(1).max(MAX_GPUS).nullable().default(null),
});
export type EngineTask = z.infer<typeof engineTask>;

const errorCode = z.custom<ErrorCode>((value) => typeof value === 'string' && Object.hasOwn(ERRORS, value));

/** From the process: a sign of life, loading moves on, ready to answer, why it cannot, or why it ends. */
export const engineMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('alive') }),
  z.object({ kind: z.literal('loading') }),
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('refused'), code: errorCode, detail: z.string().max(1000) }),
  /** The native server below it is gone; the process follows. `how` such as `SIGABRT` or `exit 1`. */
  z.object({ kind: z.literal('ending'), how: z.string().max(100) }),
]);
export type EngineMessage = z.infer<typeof engineMessage>;
