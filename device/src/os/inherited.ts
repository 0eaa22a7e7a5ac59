/**
 * Sockets and files a service manager opened for this process: `LISTEN_FDS` to names and numbers. Pure.
 * Separate so that every odd form of the variables can be tried without a service manager.
 */

/** The first one passed. @see sd_listen_fds(3), SD_LISTEN_FDS_START */
const FIRST_FD = 3;
/** The agent is handed five; far more is a mistake somewhere else. */
const MOST = 64;

export interface InheritedVariables {
  readonly LISTEN_PID?: string | undefined;
  readonly LISTEN_FDS?: string | undefined;
  readonly LISTEN_FDNAMES?: string | undefined;
}

/**
 * Name → descriptor. Empty when the variables are meant for another process, or say nothing sensible.
 * Of descriptors that share a name the first counts: each of our socket units opens one.
 * @see sd_listen_fds_with_names(3)
 */
export function inheritedDescriptors(
  { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES }: InheritedVariables,
  pid: number,
): Readonly<Record<string, number>> {
  if (LISTEN_PID !== String(pid) || !/^\d{1,2}$/.test(LISTEN_FDS ?? '')) return {};
  const count = Math.min(Number(LISTEN_FDS), MOST);
  const names = (LISTEN_FDNAMES ?? '').split(':');
  const found: Record<string, number> = {};
  for (let i = 0; i < count; i++) {
    const name = names[i];
    if (name !== undefined && name !== '' && !Object.hasOwn(found, name)) found[name] = FIRST_FD + i;
  }
  return found;
}
