/** What features need of durable settings. Separate so that tests and features never see lowdb. */

/** One durable value. Updates run one after another; `update` resolves only when the new value is on disk. */
export interface Store<T> {
  read(): T;
  /** Applies `change` to the newest value and makes it durable. If `change` throws, or the disk fails, nothing changed.
   *  @throws store_write_failed */
  update(change: (value: T) => T): Promise<T>;
}
