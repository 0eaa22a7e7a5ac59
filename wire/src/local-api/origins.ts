/** Which pages of other sites may call `/v1` from a browser. Separate because most machines name none. */
import { z } from 'zod';

/** Most origins of one machine; whoever needs more wants a gateway. */
const MAX_ORIGINS = 32;

/** `https://app.example` or `http://192.168.1.5:3000`: exactly as a browser sends it. No path, no final slash, no wildcard, and not
 *  `null`, which stands for any page that hides where it comes from. @see https://fetch.spec.whatwg.org/#origin-header */
export const webOrigin = z
  .string()
  .max(300, { error: 'expected an origin of at most 300 characters' })
  .refine(
    (text) => /^https?:\/\/[^/*\s]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text,
    {
      error: 'expected an origin such as https://app.example, without a path and in small letters',
    },
  );

/** `PUT /api/origins` (owner) → 200 `OriginsAnswer`. The whole list; an empty one turns it off. */
export const originsRequest = z.strictObject({
  origins: z.array(webOrigin).max(MAX_ORIGINS, { error: `expected at most ${MAX_ORIGINS} origins` }),
});
export type OriginsRequest = z.infer<typeof originsRequest>;

/** `GET /api/origins`. */
export interface OriginsAnswer {
  readonly origins: readonly string[];
}
