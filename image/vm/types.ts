/**
 * What a virtual machine is made of. Data only.
 * Separate because the plan (pure), the runner and the tests all speak of it.
 */

export const ACCELERATORS = ['tcg', 'kvm'] as const;
/** `tcg` is software emulation: no privilege, no hardware, 20–50 times slower than `kvm`. */
export type Accelerator = (typeof ACCELERATORS)[number];

/** A port of this computer that leads to one of the guest's; 127.0.0.1 only. */
export interface PortForward {
  readonly host: number;
  readonly guest: number;
}

export interface MachineSpec {
  /** Holds everything this machine keeps; absolute. */
  readonly folder: string;
  /** Its sockets: a path of its own, since a socket's path has 107 characters at most. @see unix(7) */
  readonly sockets: string;
  readonly accelerator: Accelerator;
  /** Multiplies every time limit: 1 for a computer with nothing else to do. */
  readonly patience: number;
  /** 1–16 */
  readonly cpus: number;
  /** 1024 and more; a machine resumed from a saved one needs the same. */
  readonly memoryMb: number;
  /** RFC 9562. systemd takes the machine id from it, so it stays the same for the machine's life. */
  readonly uuid: string;
  readonly ports: readonly PortForward[];
  /** OVMF with Secure Boot and SMM; the variables' empty template. */
  readonly firmware: { readonly code: string; readonly variables: string };
  /** A server on this computer that the guest finds at http://10.0.2.100/, where the test image looks for updates. */
  readonly updatesPort?: number;
  /** A raw file that is in the machine as a USB stick, which the firmware tries before the disk. */
  readonly usbStick?: string | undefined;
}

/** Names in `sockets`. */
export const SOCKETS = {
  tpm: 'tpm',
  monitor: 'monitor',
  console: 'console',
  harness: 'harness',
} as const;

/** Names in `folder`. */
export const FILES = {
  disk: 'disk.qcow2',
  variables: 'vars.fd',
  tpmState: 'tpm',
  consoleLog: 'console.log',
  memory: 'memory.zst',
  spec: 'machine.json',
} as const;
