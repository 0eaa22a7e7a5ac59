/**
 * `/api/models/*`: what is installed on the machine, what is on its way, and what the owner may do with both.
 * Separate because only the owner's pages and the command line speak of it; what is *served* is `ModelSummary`.
 */
import { z } from 'zod';
import type { ENGINE_STATES } from '../local-api.ts';

export const INSTALL_PHASES = ['waiting', 'fetching', 'retrying', 'checking', 'paused', 'failed'] as const;
export type InstallPhase = (typeof INSTALL_PHASES)[number];

/** How a model fits this machine's memory: as it is served, or would with an everyday context. */
export interface ModelFit {
  readonly kind: 'comfortable' | 'tight' | 'does-not-fit' | 'unknown';
  /** Sentences: weights, context, room to compute, and what stays free. */
  readonly reason: string;
  readonly context_tokens: number;
  readonly largest_context_tokens: number | null;
}

/** A model whose file lies on the machine, proven. */
export interface InstalledModel {
  /** The name clients use. */
  readonly id: string;
  readonly label: string;
  /** 64 hex digits; names it in these routes. */
  readonly sha256: string;
  readonly size_bytes: number;
  readonly format: 'gguf' | 'safetensors';
  /** `first-download`: nobody had said what the file must be; it is held to what came then. */
  readonly pinned_by: 'manifest' | 'first-download';
  readonly installed_at: string;
  /** Somebody is being answered by it, or it is the machine's own: it cannot be removed now. */
  readonly in_use: boolean;
  readonly architecture: string | null;
  /** It was made for so many. */
  readonly context_tokens: number | null;
  /** `null` when the file is refused. */
  readonly fit: ModelFit | null;
  /** A sentence, when the file went bad on the disk. */
  readonly refused: string | null;
  /** As callers meet it; `null` where it is not served. */
  readonly served: {
    readonly state: (typeof ENGINE_STATES)[number];
    /** A sentence, when it is in trouble. */
    readonly reason: string | null;
    /** What a conversation may come to here. */
    readonly context_tokens: number;
  } | null;
  /** Sentences: why a file that is good is not served. */
  readonly not_served: string | null;
}

/** A model on its way. */
export interface ModelInstall {
  readonly id: string;
  /** The name clients will use. */
  readonly model: string;
  readonly label: string;
  readonly from: 'server' | 'file' | 'stick';
  /** The server's name; `null` for what is here. */
  readonly host: string | null;
  readonly phase: InstallPhase;
  readonly done_bytes: number;
  readonly total_bytes: number | null;
  /** Over the last ten seconds. */
  readonly bytes_per_second: number | null;
  readonly seconds_left: number | null;
  /** Sentences, when it is `failed`: what happened, what is kept, what to do. */
  readonly message: string | null;
  /** `false`: nobody said what the file must be, so it is pinned by what arrives. */
  readonly is_pinned: boolean;
}

/** `GET /api/models/library` (owner); asked each second while something moves. */
export interface ModelLibraryAnswer {
  readonly installed: readonly InstalledModel[];
  readonly installs: readonly ModelInstall[];
  readonly disk_free_bytes: number;
  /** What models may take: that of the graphics cards where it is known, else of the machine. */
  readonly memory: { readonly bytes: number; readonly of: 'graphics' | 'machine' };
}

/** A model the catalogue knows; what is not published there is `null`, never a guess. */
export interface CatalogueModel {
  readonly id: string;
  readonly label: string;
  readonly size_bytes: number | null;
  /** SPDX, or `LicenseRef-…`. */
  readonly license: string | null;
  readonly quantisation: string | null;
  readonly context_tokens: number | null;
  /** Its first source. */
  readonly host: string;
  /** `false`: its hash is not published, so it is held to what arrives first. */
  readonly is_pinned: boolean;
  readonly state: 'available' | 'installing' | 'installed';
  readonly fit: ModelFit;
  /** Where each of these facts was read. */
  readonly read_from: readonly string[];
}
/** `GET /api/models/catalogue` (owner): what fits well first. */
export interface CatalogueAnswer {
  readonly models: readonly CatalogueModel[];
  readonly memory: ModelLibraryAnswer['memory'];
  /** Whose key signed it. */
  readonly signed_by: string;
}

/** `GET /api/models/ollama` (owner): what Ollama keeps on this computer and is not installed here yet; empty on an appliance. */
export interface OllamaAnswer {
  readonly models: readonly {
    /** Such as `qwen3:8b`. */
    readonly name: string;
    readonly sha256: string;
    readonly size_bytes: number;
  }[];
}

/** `GET /api/models/stick` (owner): model files on a stick named `B3IQ-MODELS` in an appliance, asked while the page is open. */
export interface StickAnswer {
  /** `not-taken`: a Host, whose owner names a path. */
  readonly state: 'not-taken' | 'absent' | 'present';
  /** By name. */
  readonly models: readonly {
    /** Below the stick, at most two folders deep, such as `more/model.gguf`; names it in an installation. */
    readonly name: string;
    readonly size_bytes: number;
    /** `installed`: one of the machine's is as large and the same at both ends. */
    readonly state: 'available' | 'installing' | 'installed';
  }[];
  /** There are more than are listed. */
  readonly is_cut: boolean;
}

/** A model id as `ids.ts` has it; said again here, since pages do not carry the documents along. */
const modelName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,199}$/);
/** `POST /api/models/installs` (owner) → 202 `ModelInstall`. */
export const installRequest = z.strictObject({
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('url'), url: z.string().min(1).max(2_000) }),
    /** Of the machine itself. */
    z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(4_096) }),
    z.strictObject({ kind: z.literal('catalogue'), id: z.string().min(1).max(200) }),
    /** As `GET /api/models/ollama` names it. */
    z.strictObject({ kind: z.literal('ollama'), name: z.string().min(1).max(200) }),
    /** As `GET /api/models/stick` names it. */
    z.strictObject({ kind: z.literal('stick'), name: z.string().min(1).max(800) }),
  ]),
  /** Made from the address when left out. */
  id: modelName.optional(),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export type InstallModelRequest = z.infer<typeof installRequest>;
