/** What is said of one route: as much as a reader of the description needs, in our words. Pure data. */
import type { z } from 'zod';

export interface Operation {
  /** One plain line. */
  readonly summary: string;
  /** The schema that parses the body; none is taken when left out. */
  readonly request?: z.ZodType;
  /** The schema that parses the query. */
  readonly query?: z.ZodObject;
  readonly answer?: Answer;
}

export interface Answer {
  /** 200 unless told. */
  readonly status?: 200 | 201 | 202 | 204;
  /** What reads it; any JSON object when left out. */
  readonly schema?: z.ZodType;
  /** JSON unless told. */
  readonly type?: 'application/json' | 'text/event-stream' | 'text/plain' | 'application/gzip';
  readonly description?: string;
}

export type JsonSchema = Readonly<Record<string, unknown>>;
