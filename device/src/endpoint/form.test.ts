import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../errors.ts';
import { parseForm } from './form.ts';

const TYPE = 'multipart/form-data; boundary=edge';
const part = (head: string, value: string) =>
  `--edge\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;
const FILE = part('name="file"; filename="a.wav"', 'RIFF');
const MODEL = part('name="model"', 'whisper');
const whole = (...parts: readonly string[]) => Buffer.from(`${parts.join('')}--edge--\r\n`);
const fault = (body: Buffer, type: string | undefined = TYPE): string => {
  try {
    return parseForm(type, body).model;
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
};

describe('a form', () => {
  it('gives its model, whatever lies in the file', () => {
    expect(parseForm(TYPE, whole(FILE, MODEL, part('name="stream"', 'true')))).toMatchObject({
      model: 'whisper',
      isStream: true,
      choices: 0,
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        const file = Buffer.concat([
          Buffer.from('--edge\r\nContent-Disposition: form-data; name="file"; filename="ü.wav"\r\n'),
          Buffer.from('Content-Type: audio/wav\r\n\r\n'),
          bytes,
          Buffer.from('\r\n'),
        ]);
        expect(fault(Buffer.concat([file, whole(MODEL)]))).toBe('whisper');
      }),
    );
  });

  it('as Node’s own fetch writes it is read', async () => {
    const form = new FormData();
    form.set('model', 'whisper');
    form.set('file', new File(['RIFF'], 'a "b".wav', { type: 'audio/wav' }));
    const request = new Request('http://127.0.0.1', { method: 'POST', body: form });
    const body = Buffer.from(await request.clone().arrayBuffer());
    expect(fault(body, request.headers.get('content-type') ?? '')).toBe('whisper');
  });

  it.each<[string, Buffer]>([
    ['text before its first part', Buffer.concat([Buffer.from('x\r\n'), whole(FILE, MODEL)])],
    ['no end', Buffer.from(FILE + MODEL)],
    ['a part without a name', whole(FILE, MODEL, part('filename="x"', 'y'))],
    ['a name without quotes, which others read', whole(FILE, MODEL, part('name=model', 'other'))],
    ['a name with an escape', whole(FILE, MODEL, part('name="mod\\el"', 'other'))],
    [
      'two dispositions',
      whole(FILE, MODEL.replace('\r\n\r\n', '\r\nContent-Disposition: form-data; name="x"\r\n\r\n')),
    ],
    [
      'an encoded part',
      whole(FILE, MODEL.replace('\r\n\r\n', '\r\nContent-Transfer-Encoding: base64\r\n\r\n')),
    ],
    ['a head that goes on in the next line', whole(FILE, MODEL.replace('; name', ';\r\n name'))],
    ['the model twice', whole(FILE, MODEL, part('name="model"', 'other'))],
    ['the model as a file', whole(FILE, part('name="model"; filename="m"', 'whisper'))],
    [
      'more parts than any client sends',
      whole(FILE, MODEL, ...Array.from({ length: 80 }, () => part('name="x"', ''))),
    ],
    ['a head without end', whole(FILE, `--edge\r\n${'a'.repeat(5_000)}`)],
  ])('with %s is refused', (_title, body) => {
    expect(fault(body)).toBe('invalid_request');
  });

  it.each([
    undefined,
    'application/json',
    'multipart/form-data',
    'multipart/form-data; boundary=edge; boundary=other',
    `multipart/form-data; boundary=${'e'.repeat(71)}`,
    'multipart/form-data; boundary="ed ge"',
  ])('sent as %s is refused', (type) => {
    expect(fault(whole(FILE, MODEL), type ?? '')).toBe('unsupported_media_type');
  });

  it('of any bytes never makes it throw anything but a refusal', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void fault(Buffer.from(bytes))));
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), fc.nat(), (text, at) => {
        const good = whole(FILE, MODEL).toString();
        const cut = at % good.length;
        fault(Buffer.from(good.slice(0, cut) + text + good.slice(cut)));
      }),
    );
  });
});
