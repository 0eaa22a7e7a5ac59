import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { diskCommand, machineCommand, tpmCommand } from './plan.ts';
import type { MachineSpec } from './types.ts';

const spec: MachineSpec = {
  folder: '/cache/one',
  sockets: '/tmp/s',
  accelerator: 'tcg',
  patience: 1,
  cpus: 2,
  memoryMb: 2048,
  uuid: '0f0e0d0c-0b0a-4908-8706-050403020100',
  ports: [
    { host: 8080, guest: 80 },
    { host: 8831, guest: 8831 },
  ],
  firmware: { code: '/ovmf/code', variables: '/ovmf/vars' },
};
const words = (difference: Partial<MachineSpec> = {}, memory?: string) =>
  machineCommand({ ...spec, ...difference }, memory).join(' ');

describe('the machine', () => {
  it('forwards ports of this computer alone, never of its network', () => {
    expect(words()).toContain('hostfwd=tcp:127.0.0.1:8080-:80,hostfwd=tcp:127.0.0.1:8831-:8831');
    expect(words()).not.toMatch(/hostfwd=tcp::/);
  });
  it('keeps the firmware variables behind SMM, and the firmware itself read-only', () => {
    expect(words()).toContain('driver=cfi.pflash01,property=secure,value=on');
    expect(words()).toContain('unit=0,readonly=on,file=/ovmf/code');
  });
  it('ends on a reset, so that each boot is a process of its own', () => {
    expect(machineCommand(spec)).toContain('-no-reboot');
  });
  it('takes a stick only when there is one, and starts from it before the disk', () => {
    expect(words()).not.toContain('usb-storage');
    expect(words({ usbStick: '/stick' })).toMatch(/file=\/stick -device usb-storage,.*bootindex=0/);
    expect(words()).toContain('drive=disk,bootindex=1');
  });
  it('goes on from a saved memory without running before it is there', () => {
    expect(words({}, '/saved/memory')).toContain('-incoming exec:zstd -dcq /saved/memory');
    expect(words()).not.toContain('-incoming');
  });
  it('shows the update server of the tests where the test image looks', () => {
    expect(words({ updatesPort: 4711 })).toContain('guestfwd=tcp:10.0.2.100:80-cmd:nc -N 127.0.0.1 4711');
  });
  it('uses what the hardware has under kvm', () => {
    expect(words({ accelerator: 'kvm' })).toContain('-accel kvm -cpu host');
  });
});

it('the TPM keeps its state beside the disk and ends with the machine', () => {
  expect(tpmCommand(spec)).toEqual(expect.arrayContaining(['dir=/cache/one/tpm', '--terminate']));
});

it('a disk is as large as it is told, or as what it was made from', () => {
  expect(diskCommand('/d', { path: '/i.raw', format: 'raw' }, 8)).toEqual(
    expect.arrayContaining(['-b', '8G']),
  );
  expect(diskCommand('/d', { path: '/s.qcow2', format: 'qcow2' }).at(-1)).toBe('/d');
  expect(diskCommand('/d', undefined, 8)).not.toContain('-b');
});

it('limits grow with the patience asked for and are shorter on real processors', () => {
  expect(limits('tcg', 2).bootMs).toBe(2 * limits('tcg').bootMs);
  expect(limits('kvm').bootMs).toBeLessThan(limits('tcg').bootMs);
});
