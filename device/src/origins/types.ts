/** What the settings keep of pages that may call `/v1` from a browser: their origins, exactly. None unless the owner names one. */
import { originsRequest } from '@b3iq/wire/local-api';

export const originsSlice = originsRequest.shape.origins;
export type OriginsSlice = readonly string[];
