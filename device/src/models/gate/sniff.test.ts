import { expect, test } from 'vitest';
import { headerOf } from './header.ts';
import { sniff } from './sniff.ts';

test.each<[string, string | Uint8Array, RegExp]>([
  ['an empty file', '', /is empty/],
  ['one byte', 'G', /not a model of a known kind/],
  ['zeros, as an unfinished download has', new Uint8Array(4_096), /only zeros/],
  [
    'a PyTorch checkpoint',
    Buffer.from('PK\x03\x04\x00\x00model/data.pkl', 'latin1'),
    /zip archive, as PyTorch/,
  ],
  ['an old PyTorch checkpoint', Buffer.from('\x80\x02\x8a\x0a', 'latin1'), /can run programs/],
  ['a page', '<!DOCTYPE html><html><title>404</title>', /web page/],
  ['a page behind a mark and blank lines', '\ufeff\n\n <HTML lang="en">', /web page/],
  ['an XML error', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', /web page/],
  ['a JSON error', '{"error":"Repository not found"}', /JSON text/],
  ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:0', /Git LFS pointer/],
  ['a model older than GGUF', 'tjgg\x03\x00\x00\x00', /older than GGUF/],
  ['a Keras model', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /Keras/],
  ['a TensorFlow Lite model', Buffer.from('\x1c\0\0\0TFL3', 'latin1'), /TensorFlow Lite/],
  ['a NumPy array', Buffer.from('\x93NUMPY', 'latin1'), /NumPy/],
  ['a gzip archive', Buffer.from('\x1f\x8b\x08', 'latin1'), /archive/],
  ['a tar archive', `model/${'\0'.repeat(251)}ustar`, /archive/],
  ['a program', '\x7fELF\x02\x01', /program/],
  [
    'noise',
    Buffer.from(Array.from({ length: 600 }, (_, at) => (at * 7 + 13) % 251)),
    /not a model of a known kind/,
  ],
])('%s is named in a sentence', (_title, content, sentence) => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  expect(() => headerOf(bytes)).toThrow(
    expect.objectContaining({ code: 'model_file_refused', detail: expect.stringMatching(sentence) }),
  );
  const sniffed = sniff(bytes);
  expect(sniffed.kind === 'other' && sniffed.what).toMatch(/^[A-Z][^\n]*\.$/);
});
