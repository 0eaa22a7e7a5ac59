/**
 * A machine's description becomes the command lines of qemu and swtpm. Pure.
 * Separate so that every choice about the virtual hardware stands in one list with its reason.
 * @see qemu-system-x86_64(1), swtpm(8), docs/specs/tpm.rst of QEMU
 */
import { FILES, type MachineSpec, SOCKETS } from './types.ts';

const inFolder = (spec: MachineSpec, file: string) => `${spec.folder}/${file}`;

/** The TPM's process: 2.0, control channel on a socket, ends with the machine. swtpm wants absolute paths. */
export function tpmCommand(spec: MachineSpec): readonly string[] {
  return [
    'swtpm',
    'socket',
    '--tpm2',
    '--tpmstate',
    `dir=${inFolder(spec, FILES.tpmState)}`,
    '--ctrl',
    `type=unixio,path=${spec.sockets}/${SOCKETS.tpm}`,
    '--terminate',
  ];
}

/** A new TPM. One PCR bank: every other one is hashed in software by the firmware, which took seconds. */
export function tpmSetupCommand(folder: string): readonly string[] {
  const state = `${folder}/${FILES.tpmState}`;
  return ['swtpm_setup', '--tpm2', '--tpmstate', state, '--pcr-banks', 'sha256', '--overwrite'];
}

/**
 * The machine's disk: what the guest writes over an image that stays as it is; grown, as a real disk is larger.
 * Without an image it is empty.
 */
export function diskCommand(
  disk: string,
  image?: { readonly path: string; readonly format: 'raw' | 'qcow2' },
  sizeGb?: number,
): readonly string[] {
  return [
    ...['qemu-img', 'create', '-q', '-f', 'qcow2'],
    ...(image === undefined ? [] : ['-b', image.path, '-F', image.format]),
    disk,
    ...(sizeGb === undefined ? [] : [`${sizeGb}G`]),
  ];
}

/**
 * @param resumeFrom  a saved machine's memory; the description must be the one it was saved with
 */
export function machineCommand(spec: MachineSpec, resumeFrom?: string): readonly string[] {
  const forwards = spec.ports.map(({ host, guest }) => `,hostfwd=tcp:127.0.0.1:${host}-:${guest}`).join('');
  const updates =
    spec.updatesPort === undefined
      ? ''
      : `,guestfwd=tcp:10.0.2.100:80-cmd:nc -N 127.0.0.1 ${spec.updatesPort}`;
  const listening = (name: keyof typeof SOCKETS) =>
    `path=${spec.sockets}/${SOCKETS[name]},server=on,wait=off`;
  const log = `logfile=${inFolder(spec, FILES.consoleLog)},logappend=on`;
  return [
    'qemu-system-x86_64',
    // Nothing that was not asked for: no floppy, no CD drive, no graphics card to probe.
    ...['-nodefaults', '-no-user-config', '-display', 'none'],
    // SMM keeps the Secure Boot variables from the guest, as firmware does.
    ...['-machine', 'q35,smm=on,vmport=off,hpet=off'],
    ...['-global', 'driver=cfi.pflash01,property=secure,value=on'],
    // The chipset's watchdog may reset: what a hang on real hardware meets.
    ...['-global', 'ICH9-LPC.noreboot=off'],
    ...accelerator(spec),
    ...['-smp', String(spec.cpus), '-m', String(spec.memoryMb), '-uuid', spec.uuid],
    ...['-drive', `if=pflash,format=raw,unit=0,readonly=on,file=${spec.firmware.code}`],
    ...['-drive', `if=pflash,format=raw,unit=1,file=${inFolder(spec, FILES.variables)}`],
    // The host's cache outlives a killed QEMU: what the guest was told is on disk stays there.
    ...[
      '-drive',
      `if=none,id=disk,format=qcow2,cache=writeback,discard=unmap,file=${inFolder(spec, FILES.disk)}`,
    ],
    ...['-device', 'virtio-blk-pci,drive=disk,bootindex=1'],
    ...['-chardev', `socket,id=tpm,path=${spec.sockets}/${SOCKETS.tpm}`],
    ...['-tpmdev', 'emulator,id=tpm0,chardev=tpm', '-device', 'tpm-crb,tpmdev=tpm0'],
    // No boot ROM: the firmware would try the network before it gives up.
    ...[
      '-netdev',
      `user,id=wire${forwards}${updates}`,
      '-device',
      'virtio-net-pci,id=nic,netdev=wire,romfile=',
    ],
    ...['-device', 'virtio-rng-pci'],
    ...['-device', 'qemu-xhci,id=usb'],
    ...usbStick(spec),
    ...['-chardev', `socket,id=console,${listening('console')},${log}`, '-serial', 'chardev:console'],

    ...['-device', 'virtio-serial-pci', '-chardev', `socket,id=harness,${listening('harness')}`],
    ...['-device', 'virtserialport,chardev=harness,name=harness0'],
    ...['-qmp', `unix:${listening('monitor').replace('path=', '')}`],
    // A reset ends the process and the runner starts a fresh one: warm resets under TCG are several times
    // slower, and the runner counts boots exactly.
    '-no-reboot',
    ...(resumeFrom === undefined ? [] : ['-incoming', `exec:zstd -dcq ${resumeFrom}`]),
  ];
}

function accelerator(spec: MachineSpec): readonly string[] {
  if (spec.accelerator === 'kvm') return ['-accel', 'kvm', '-cpu', 'host'];
  // A large store of translated code: the default (an eighth of the memory, at most 32 MiB by thread) was refilled
  // again and again during a boot.
  return ['-accel', 'tcg,thread=multi,tb-size=1024', '-cpu', 'max'];
}

function usbStick(spec: MachineSpec): readonly string[] {
  if (spec.usbStick === undefined) return [];
  return [
    ...['-drive', `if=none,id=stick,format=raw,file=${spec.usbStick}`],
    ...['-device', 'usb-storage,bus=usb.0,drive=stick,removable=on,bootindex=0'],
  ];
}
