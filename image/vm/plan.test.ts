import { describe, expect, it } from 'vitest';
import { limits } from './limits.ts';
import { machineCommand, overlayCommand, tpmCommand } from './plan.ts';
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
  it('takes a stick only when there is one, and lets the guest write to it only when told', () => {
    expect(words()).not.toContain('usb-storage');
    expect(words({ usbStick: { path: '/stick', writable: false } })).toContain('readonly=on,file=/stick');
    expect(words({ usbStick: { path: '/stick', writable: true } })).toContain('readonly=off,file=/stick');
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

it('a disk grows only when it is made from an image', () => {
  expect(overlayCommand({ path: '/i.raw', format: 'raw' }, '/d', 8).at(-1)).toBe('8G');
  expect(overlayCommand({ path: '/s.qcow2', format: 'qcow2' }, '/d').at(-1)).toBe('/d');
});

it('limits grow with the patience asked for and are shorter on real processors', () => {
  expect(limits('tcg', 2).bootMs).toBe(2 * limits('tcg').bootMs);
  expect(limits('kvm').bootMs).toBeLessThan(limits('tcg').bootMs);
});
