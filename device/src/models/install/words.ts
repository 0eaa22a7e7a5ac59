/** The sentence of each obstacle: what happened, what it means, what to do. Separate so that none of them is missing. */
import type { Failure, Obstacle } from './types.ts';

const SENTENCES: Readonly<Record<Obstacle, string>> = {
  'no-connection':
    'The server cannot be reached. What was fetched is kept. Check this machine’s network, then resume.',
  interrupted:
    'The connection broke again and again. What was fetched is kept. Resume when the line is better.',
  'source-refused':
    'The source does not hand out this file. What was fetched is kept. Check the address, then resume.',
  'stick-gone':
    'The stick with this file is not there, or it cannot be read. What was fetched is kept. Plug it in again, then resume.',
  'no-space':
    'There is not enough room on the disk. What was fetched is kept. Remove a model or free some room, then resume.',
  'disk-failed':
    'The disk could not be written or read. What was proven is kept. Check the disk in Health, then resume.',
  'bad-chunk':
    'One part of the file came wrong three times. All other parts are kept. Resume later, or use another source.',
  'not-a-model': 'This file is not a model that can be used. What was fetched of it was deleted.',
  'wrong-hash':
    'The file is not the one that was asked for: its SHA-256 is another. What was fetched was deleted. Use another source.',
  'other-size': 'The file is not the one that was asked for: its size is another. Use another source.',
  'no-length':
    'The server does not say how large the file is, so room cannot be made for it. Use another source.',
  'too-large': 'The file is larger than any model. Check the address.',
};

/** The whole sentence, with what the header gate or the source said. */
export const sentenceOf = ({ obstacle, detail }: Failure): string =>
  detail === undefined ? SENTENCES[obstacle] : `${detail} ${SENTENCES[obstacle]}`;
