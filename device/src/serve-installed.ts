/**
 * Installed models behind the endpoint: an engine for each, as a child of the agent or as one of the units it may start.
 * Part of the composition root; separate from `own-engines.ts`, which makes the engines of the machine's own model.
 */
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { EmbeddedEngineOptions } from './engine/embedded/engine.ts';
import { CardEngine } from './engine/gpu/engine.ts';
import { InstalledEngines, type InstalledEnginesOptions } from './engine/installed/service.ts';
import { createLlamaServerOfStock } from './engine/llama-server/engine.ts';
import type { EngineRegistry } from './engine/registry/registry.ts';
import type { Installed } from './models/list.ts';
import { systemClock } from './os/clock.ts';
import type { Log } from './os/log.ts';
import { cardOptions, embedded, type OwnEngines, onCards, threadsOf } from './own-engines.ts';

/** Follows `library` from the first `follow()` on; nothing is loaded yet. @throws config_invalid */
export async function serveInstalled(
  config: Config,
  { keeper, memory, cards, watch, stock }: Omit<OwnEngines, 'engines'>,
  { library, registry }: { readonly library: Installed; readonly registry: EngineRegistry },
  log: Log,
): Promise<InstalledEngines> {
  const common = {
    threads: await threadsOf(config),
    ...cardOptions(config, cards),
    log,
    clock: systemClock,
    nodePath: process.execPath,
  };
  await stock?.clear();
  const make =
    stock === undefined
      ? (await embedded()).createEmbeddedEngine
      : (options: EmbeddedEngineOptions) => createLlamaServerOfStock({ ...options, stock });
  const folder = join(config.runtime_dir ?? config.stateDir, 'run');
  let made = 0;
  const create: InstalledEnginesOptions['create'] = ({ path, sha256 }, model, slots) => {
    made += 1;
    // Short, for a socket's path has 100 bytes; never the same twice, for an engine may still be on its way out.
    const socketPath = join(folder, `model${made}.sock`);
    return onCards(make({ ...common, model, modelPath: path, sha256, slots, socketPath }), cards, watch);
  };
  return new InstalledEngines({
    library,
    registry,
    keeper,
    memoryBytes: memory.bytes,
    slots: config.engine_slots,
    create,
    release: (engine) => {
      if (engine instanceof CardEngine) watch.remove(engine);
    },
    takes: stock === undefined ? 0 : 1,
    log,
  });
}
