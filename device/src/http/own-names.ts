/**
 * One machine, several names. A setup page that came by the hotspot's address may ask whether the machine answers by its
 * name already: so a phone that has changed networks finds it again. Separate because it is all another origin may read.
 */
import { parseHost } from './hosts.ts';

/** Names under which this machine has been asked since it started; kept when one goes, as the hotspot's address does. */
export class OwnNames {
  /** Bounded by the names the machine has had. */
  readonly #names = new Set<string>();

  /** @param header  a `Host` that has been found to be one of ours */
  remember(header: string | undefined): void {
    const name = parseHost(header);
    if (name !== undefined) this.#names.add(name);
  }

  /** Whether an `Origin` is that of a plain-http page of ours. */
  has(origin: string | undefined): boolean {
    const host = /^http:\/\/([^/]+)$/i.exec(origin ?? '')?.[1];
    const name = parseHost(host);
    return name !== undefined && this.#names.has(name);
  }
}

/** Where a page of the hotspot may look for the machine, as sources of a content policy. @param hosts  its names now */
export function nextSources(hosts: ReadonlySet<string>): readonly string[] {
  return [...hosts].filter((name) => name.endsWith('.local')).map((name) => `http://${name}`);
}
