/** What a page reads about the network. Separate so that the machine's own state can change without the wire. */
import type { NetworksAnswer } from '@b3iq/wire/local-api';
import { printableSsid, ssidFromHex, toNetworkList } from './parse.ts';
import type { Setup } from './setup.ts';

/** @param hotspotSsid  `null` on a machine without one      @param nextUrl  where the page is after a join */
export function toAnswer(
  setup: Setup,
  nowMs: number,
  { hotspotSsid, nextUrl }: { readonly hotspotSsid: string | null; readonly nextUrl: string | null },
): NetworksAnswer {
  const { sight, heardAtMs, disk } = setup;
  const secondsTo = (ms: number) => Math.max(1, Math.ceil((ms - nowMs) / 1000));
  const wifi = sight?.wifi;
  const { refresh } = setup;
  return {
    networks: toNetworkList(setup.heard),
    age_s: heardAtMs === undefined ? null : Math.floor((nowMs - heardAtMs) / 1000),
    join: setup.join,
    hotspot:
      hotspotSsid === null || sight?.radio === 'missing'
        ? null
        : { ssid: hotspotSsid, up: sight?.hotspot !== undefined },
    refresh:
      refresh === undefined
        ? { kind: 'idle' }
        : refresh.kind === 'away'
          ? { kind: 'away', back_in_s: secondsTo(refresh.backAtMs) }
          : { kind: 'announced', starts_in_s: secondsTo(refresh.startsAtMs) },
    // A link that is being tried is not in use yet.
    current:
      wifi === undefined || disk.intent === null || wifi.id !== disk.intent.profile_id
        ? null
        : {
            ssid: printableSsid(ssidFromHex(disk.intent.ssid_hex)),
            address: wifi.address,
            internet: wifi.internet === 'full',
          },
    wired:
      sight?.wired === undefined
        ? null
        : { address: sight.wired.address, internet: sight.wired.internet === 'full' },
    next_url: nextUrl,
  };
}
