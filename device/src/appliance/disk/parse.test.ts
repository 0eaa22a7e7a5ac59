import { expect, test } from 'vitest';
import { parsePartitionTable } from './parse.ts';

const dump = (device: string, nodes: readonly string[]) =>
  JSON.stringify({
    partitiontable: {
      label: 'gpt',
      id: '11111111-2222-3333-4444-555555555555',
      device,
      unit: 'sectors',
      firstlba: 2048,
      lastlba: 16777182,
      sectorsize: 512,
      partitions: nodes.map((node, index) => ({
        node,
        start: 2048,
        size: 1_048_576,
        type: 'b6536ec6-8ad8-4484-be1a-40f6666dba20',
        uuid: '11111111-2222-3333-4444-555555555556',
        ...(index === 0 ? { name: 'data' } : {}),
      })),
    },
  });

test('a table is read with names, numbers and sizes', () => {
  expect(parsePartitionTable(dump('/dev/nvme0n1', ['/dev/nvme0n1p7', '/dev/nvme0n1p12']))).toEqual({
    disk: '/dev/nvme0n1',
    label: 'gpt',
    partitions: [
      {
        node: '/dev/nvme0n1p7',
        number: 7,
        name: 'data',
        type: 'B6536EC6-8AD8-4484-BE1A-40F6666DBA20',
        sizeBytes: 536_870_912,
      },
      {
        node: '/dev/nvme0n1p12',
        number: 12,
        name: '',
        type: 'B6536EC6-8AD8-4484-BE1A-40F6666DBA20',
        sizeBytes: 536_870_912,
      },
    ],
  });
});

test('a disk without partitions is an empty table', () => {
  const text = JSON.stringify({ partitiontable: { label: 'dos', device: '/dev/sda' } });
  expect(parsePartitionTable(text)).toEqual({ disk: '/dev/sda', label: 'dos', partitions: [] });
});

test('anything else is no table, so that nothing is done to a disk by mistake', () => {
  expect(parsePartitionTable('')).toBeUndefined();
  expect(parsePartitionTable('{}')).toBeUndefined();
  expect(parsePartitionTable(dump('/dev/sda', ['/dev/sdb1']))).toBeUndefined();
  expect(parsePartitionTable(dump('/dev/sda', ['/dev/sda']))).toBeUndefined();
  expect(parsePartitionTable(dump('/dev/../etc', []))).toBeUndefined();
});
