import { expect, it } from 'vitest';
import { ESP_TYPE, readPartitions, TABLE_BYTES } from './gpt.ts';

const table = (): Buffer => {
  const bytes = Buffer.alloc(TABLE_BYTES);
  bytes.write('EFI PART', 512, 'latin1');
  const at = 1024 + 128; // the first entry stays empty
  Buffer.from('28732ac11ff8d211ba4b00a0c93ec93b', 'hex').copy(bytes, at);
  Buffer.from('00112233445566778899aabbccddeeff', 'hex').copy(bytes, at + 16);
  bytes.writeBigUInt64LE(2048n, at + 32);
  bytes.writeBigUInt64LE(4095n, at + 40);
  bytes.write('b3iq-esp', at + 56, 'utf16le');
  return bytes;
};

it('gives label, type, id, start and size in bytes, and leaves out empty entries', () => {
  expect(readPartitions(table())).toEqual([
    {
      label: 'b3iq-esp',
      type: ESP_TYPE,
      uuid: '33221100-5544-7766-8899-aabbccddeeff',
      start: 2048 * 512,
      size: 2048 * 512,
    },
  ]);
});

it('refuses what has no such table', () => {
  expect(() => readPartitions(Buffer.alloc(TABLE_BYTES))).toThrow('GPT');
  expect(() => readPartitions(table().subarray(0, 1000))).toThrow('GPT');
});
