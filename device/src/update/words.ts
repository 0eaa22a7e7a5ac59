/** One plain sentence for each way an update can end. Separate so that the words can be read, and translated, in one place. */
import type { LastUpdate, Obstacle } from './types.ts';

const SENTENCES: Readonly<Record<Obstacle, string>> = {
  'nothing-found': 'No newer version was found. There is nothing to do.',
  'not-signed':
    'The update is not signed with a key that this machine trusts, so it was refused. Nothing was changed. Take updates only from where the machine came from.',
  'not-for-this-machine':
    'The update is for another kind of machine, so it was refused. Nothing was changed.',
  'not-newer':
    'The update is not newer than what has run here before, so it was refused. Nothing was changed.',
  'failed-before':
    'This version was tried here and did not start properly, so it is not tried again. Wait for the next version.',
  'out-of-date':
    'What the update server shows should have been replaced by something newer by now, so it is not taken. The server may not be looked after, or somebody between here and there holds newer versions back. Try another network, or use a stick.',
  'too-far': 'This version is too far ahead for one step. Install the version in between first.',
  'on-trial':
    'The running version is still being tried, and the version before it is kept until that is over. Try again in a few minutes.',
  'no-connection':
    'The update server could not be reached. Check the internet connection; the machine tries again by itself.',
  'source-refused': 'The update server gave no usable answer. The machine tries again by itself.',
  interrupted: 'The download was interrupted. The next try goes on from where it stopped.',
  damaged:
    'What arrived is not what was signed, so it was thrown away. Nothing was changed. Try again; if it stays, use another stick or network.',
  'no-space':
    'There is not enough free disk space for the update. Remove a model that is not used and try again.',
  'kernel-not-signed':
    'The update’s kernel is not signed for this machine’s Secure Boot, so it was refused before anything was written.',
  'other-disk-key':
    'The update could not open this machine’s encrypted disk, so it was refused before anything was written.',
  'write-failed':
    'The update could not be written to disk. The running version is untouched. Try again; if it stays, the disk may be failing.',
  'cut-short':
    'The update was not written to its end, for instance because the power failed. The running version is untouched; install it again.',
};

/** The sentence for an obstacle. */
export function obstacleSentence(obstacle: Obstacle): string {
  return SENTENCES[obstacle];
}

/** The sentence for how an update ended, or null when there is nothing to explain. */
export function lastSentence({ outcome, obstacle, version }: LastUpdate): string | null {
  if (outcome === 'rolled-back')
    return `Version ${version} did not start properly after three tries, so the machine went back to the version before it. Nothing of yours was lost; it waits for the next version.`;
  return obstacle === undefined ? null : obstacleSentence(obstacle);
}
