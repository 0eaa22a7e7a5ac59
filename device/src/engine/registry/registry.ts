/**
 * Every engine of the machine by the model it serves. Separate so that the endpoint, the pages and health see the same
 * list, and none of them knows who adds to it. It holds engines; starting and stopping them is their maker's.
 */
import type { Engine } from '../port.ts';

export class EngineRegistry {
  readonly #byModel = new Map<string, Set<Engine>>();
  readonly #listeners = new Set<() => void>();

  constructor(engines: Iterable<Engine> = []) {
    for (const engine of engines) this.#put(engine);
  }

  /** Another engine, or another copy of a model that is here already. A second time it does nothing. */
  add(engine: Engine): void {
    if (this.#put(engine)) this.#tell();
  }

  /** From now on no call finds it. Calls it works on go on. */
  remove(engine: Engine): void {
    const copies = this.#byModel.get(engine.model.id);
    if (copies?.delete(engine) !== true) return;
    if (copies.size === 0) this.#byModel.delete(engine.model.id);
    this.#tell();
  }

  /** All engines, by model, each in the order they came. */
  all(): readonly Engine[] {
    return [...this.#byModel.values()].flatMap((copies) => [...copies]);
  }

  /** Each model's id with its engines, at least one, in the order they came. */
  models(): ReadonlyMap<string, ReadonlySet<Engine>> {
    return this.#byModel;
  }

  /** Called after an engine came or went; their states are their own to tell. Returns the way to stop listening. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put(engine: Engine): boolean {
    const copies = this.#byModel.get(engine.model.id);
    if (copies?.has(engine) === true) return false;
    if (copies === undefined) this.#byModel.set(engine.model.id, new Set([engine]));
    else copies.add(engine);
    return true;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
