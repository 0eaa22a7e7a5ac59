/**
 * What the owner is told about updates, put together from all that was read. Pure; the service reads and orders.
 */
import { formatTime, timeToMs } from '@b3iq/wire';
import type { UpdateAnswer, UpdateState } from '@b3iq/wire/local-api';
import { chooseOffer, downloadBytes } from './judge.ts';
import type { Reading } from './port.ts';
import { machineFacts, noRecord } from './state.ts';
import type { Activity, LastUpdate, Report, UpdateSettings } from './types.ts';
import { lastSentence, obstacleSentence } from './words.ts';

/**
 * A program that has said nothing for so long has been killed: they report every second, and the slowest machine takes
 * some seconds to start the one that writes after the one that fetched.
 */
export const SILENCE_S = 60;

/** @param asked  what was ordered a moment ago and has not reported yet */
export function updateAnswer(
  reading: Reading,
  settings: UpdateSettings,
  asked: Activity = { kind: 'none' },
): UpdateAnswer {
  const { running, facts } = reading;
  const record = facts?.record ?? noRecord;
  const entries = facts?.entries ?? [];
  const onTrial = facts?.onTrial ?? false;
  const state = stateOf(reading, asked);
  const choice =
    running === undefined
      ? undefined
      : chooseOffer(reading.offers, machineFacts(record, { running, onTrial, entries }));
  const offer = choice?.kind === 'take' ? choice.offer : undefined;
  const isWaiting = state.kind === 'ready' && state.version === String(offer?.manifest.version);
  const previous = entries
    .filter(({ version, triesLeft }) => version < (running?.version ?? 0) && triesLeft !== 0)
    .sort((a, b) => b.version - a.version)[0];
  const { lookEnded } = reading;
  return {
    current: { version: String(running?.version ?? '?'), released_at: running?.releasedAt ?? null },
    previous: previous === undefined ? null : { version: String(previous.version) },
    available:
      offer === undefined || isWaiting
        ? null
        : {
            version: String(offer.manifest.version),
            from: offer.from,
            size_bytes: downloadBytes(offer.manifest),
            released_at: formatTime(timeToMs(offer.manifest.iat)),
            notes: offer.manifest.notes,
          },
    state,
    last: lastOf(reading, record.last),
    checked:
      lookEnded === undefined
        ? null
        : {
            at: lookEnded.at,
            reason: lookEnded.obstacle === undefined ? null : obstacleSentence(lookEnded.obstacle),
          },
    automatic: settings.automatic,
    postponed_until: settings.postponed_until,
    support_until: running?.supportUntil ?? '',
    source_url: reading.sourceUrl,
  };
}

function stateOf(reading: Reading, asked: Activity): UpdateState {
  const { facts, running, uptimeS, writing, fetching } = reading;
  // The newest word counts: the writer's "nothing" ends what the fetcher said before it.
  const [newest] = [writing, fetching]
    .filter((report): report is Report => report !== undefined && uptimeS - report.uptimeS < SILENCE_S)
    .sort((one, other) => other.uptimeS - one.uptimeS);
  const activity = newest === undefined || newest.activity.kind === 'none' ? asked : newest.activity;
  if (activity.kind === 'looking') return { kind: 'checking' };
  if (activity.kind === 'installing')
    return {
      kind: 'installing',
      version: String(activity.version),
      phase: activity.phase,
      done_bytes: activity.doneBytes,
      total_bytes: activity.totalBytes,
      left_s: activity.leftS ?? null,
    };
  if (facts?.onTrial === true && running !== undefined)
    return { kind: 'trial', version: String(running.version), tries_left: facts.triesLeft ?? 0 };
  const pending = facts?.record.pending?.version;
  const isWritten =
    facts?.entries.some((entry) => entry.version === pending && entry.triesLeft !== 0) ?? false;
  if (pending !== undefined && pending !== running?.version && isWritten)
    return { kind: 'ready', version: String(pending) };
  return { kind: 'idle' };
}

/** How the last update ended: what the root program remembers, unless fetching failed after that. */
function lastOf({ fetchEnded }: Reading, remembered: LastUpdate | undefined): UpdateAnswer['last'] {
  const { at, version, obstacle } = fetchEnded ?? {};
  const refused: LastUpdate | undefined =
    at === undefined || version === undefined || obstacle === undefined
      ? undefined
      : { version, at, outcome: 'refused', obstacle };
  const isNewer =
    refused !== undefined && Date.parse(refused.at) > Date.parse(remembered?.at ?? '1970-01-01');
  const last = isNewer ? refused : remembered;
  return last === undefined
    ? null
    : { version: String(last.version), at: last.at, outcome: last.outcome, reason: lastSentence(last) };
}
