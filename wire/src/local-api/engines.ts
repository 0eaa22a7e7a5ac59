/** Engines: the machine's own, those its owner added by URL, and those found on this computer and not yet used. */
import { z } from 'zod';
import type { ENGINE_STATES } from '../local-api.ts';

/** What an engine that somebody else runs speaks: OpenAI’s API, or Ollama’s too. */
export const ENGINE_KINDS = ['openai', 'ollama'] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];

/** Stands before the names of its models: `name/model`. */
export const engineName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/);

/** `POST /api/engines`. */
export const newEngineRequest = z.strictObject({
  name: engineName,
  kind: z.enum(ENGINE_KINDS).default('openai'),
  /** Such as `http://127.0.0.1:11434`; `/v1` behind it is taken off. */
  url: z.string().min(1).max(300),
  /** What the engine wants as `Authorization: Bearer …`. Never told again. */
  api_key: z
    .string()
    .regex(/^[\x21-\x7e]{1,500}$/)
    .nullish(),
});
export type NewEngineRequest = z.input<typeof newEngineRequest>;

export interface EngineSummary {
  readonly name: string;
  readonly kind: EngineKind | 'own';
  /** `null` for the machine's own. */
  readonly url: string | null;
  readonly has_key: boolean;
  readonly state: (typeof ENGINE_STATES)[number];
  /** One plain sentence when it is not ready. */
  readonly reason: string | null;
  /** Names of its models here. */
  readonly models: readonly string[];
  /** Whether keys with a budget of tokens may use all of them. */
  readonly counts_prompts: boolean;
}

/** Found on this computer; used only once the owner adds it. */
export interface EngineOffer {
  readonly kind: EngineKind;
  readonly url: string;
  readonly models: readonly string[];
}

/** `GET /api/engines`. */
export interface EnginesAnswer {
  readonly engines: readonly EngineSummary[];
  readonly offered: readonly EngineOffer[];
}
