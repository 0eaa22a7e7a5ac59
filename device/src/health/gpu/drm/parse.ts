/**
 * Files of the kernel's graphics drivers to readings of graphics cards. Pure; separate from reading them. The files
 * are the driver's, some of their content is the card's firmware's: hostile, and left out where it does not fit.
 */
import type { ThrottleCause } from '@b3iq/wire/local-api';
import {
  cardUuid,
  causesIn,
  celsiusIn,
  MOST_BYTES,
  numberIn,
  pciAddress,
  printableName,
  wattsIn,
} from '../parse.ts';
import type { GpuReading, GpuVendor } from '../types.ts';

/** The files of `/sys/class/drm/card0/device` and its hwmon folder, as text; undefined where there is none. */
export interface DrmFiles {
  /** `uevent` of the device: `DRIVER=amdgpu`, `PCI_ID=1002:7551`, `PCI_SLOT_NAME=0000:03:00.0`. */
  readonly uevent: string | undefined;
  readonly productName: string | undefined;
  /** Sixteen hex digits; cards from 2017 on. @see amdgpu_pm.c, "DOC: unique_id" */
  readonly uniqueId: string | undefined;
  readonly vramTotal: string | undefined;
  readonly vramUsed: string | undefined;
  readonly busyPercent: string | undefined;
  readonly dpmClock: string | undefined;
  readonly gpuMetrics: Uint8Array | undefined;
  /** By file name, such as `temp1_input`. */
  readonly hwmon: ReadonlyMap<string, string>;
}

const VENDORS: Readonly<Record<string, GpuVendor>> = { '1002': 'amd', '10DE': 'nvidia', '8086': 'intel' };
const MAKERS: Readonly<Record<GpuVendor, string>> = { amd: 'AMD', intel: 'Intel', nvidia: 'NVIDIA' };

/**
 * A card as its kernel driver shows it; undefined when it is none of the three makers', such as a virtual machine's.
 * Bytes, percent, millidegrees, microwatts.
 * @see Linux Documentation/gpu/amdgpu/{thermal,driver-misc}.rst, Documentation/hwmon/sysfs-interface.rst
 */
export function parseDrmCard(files: DrmFiles): GpuReading | undefined {
  const facts = new Map(
    (files.uevent ?? '').split('\n').map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
  const pciId = /^([0-9A-F]{1,4}):([0-9A-F]{1,4})$/i.exec(facts.get('PCI_ID') ?? '');
  const vendor = VENDORS[pciId?.[1]?.toUpperCase() ?? ''];
  const id = pciAddress(facts.get('PCI_SLOT_NAME'));
  if (vendor === undefined || id === undefined) return undefined;
  const driver = facts.get('DRIVER');
  const { hwmon } = files;
  const sensors = sensorsByLabel(hwmon);
  const hottest = sensors.get('junction') ?? sensors.get('edge') ?? 'temp1';
  return {
    id,
    uuid: vendor === 'amd' ? cardUuid(`GPU-${files.uniqueId?.trim()}`) : undefined,
    vendor,
    name: printableName(files.productName, `${MAKERS[vendor]} graphics ${pciId?.[2]?.toLowerCase()}`),
    driver: driver !== undefined && /^[\w-]{1,40}$/.test(driver) ? driver : undefined,
    memoryTotalBytes: numberIn(files.vramTotal, 1, MOST_BYTES),
    memoryUsedBytes: numberIn(files.vramUsed, 0, MOST_BYTES),
    busyPercent: numberIn(files.busyPercent, 0, 100),
    clockMhz: activeClock(files.dpmClock),
    temperatureC: celsiusIn(hwmon.get(`${sensors.get('edge') ?? 'temp1'}_input`), 1000),
    hotspotC: celsiusIn(hwmon.get(`${sensors.get('junction') ?? 'none'}_input`), 1000),
    criticalC: celsiusIn(hwmon.get(`${hottest}_crit`), 1000),
    // Newer kernels and APUs tell the power of this moment, older ones an average.
    powerW: wattsIn(hwmon.get('power1_average'), 1_000_000) ?? wattsIn(hwmon.get('power1_input'), 1_000_000),
    powerLimitW: wattsIn(hwmon.get('power1_cap'), 1_000_000),
    throttled: files.gpuMetrics === undefined ? undefined : parseGpuMetrics(files.gpuMetrics),
  };
}

/** `edge`, `junction`, `mem` to the sensor's stem, such as `temp2`. */
function sensorsByLabel(hwmon: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const stems = new Map<string, string>();
  for (const [file, text] of hwmon) {
    const stem = /^(temp\d{1,2})_label$/.exec(file)?.[1];
    if (stem !== undefined) stems.set(text.trim(), stem);
  }
  return stems;
}

/** The level marked with a star in `pp_dpm_sclk`, such as `1: 2350Mhz *`. @see amdgpu_pm.c, "DOC: pp_dpm_sclk" */
function activeClock(text: string | undefined): number | undefined {
  return numberIn(/^\S{1,4}: (\d{1,6})Mhz \*\s*$/im.exec((text ?? '').slice(0, 4_096))?.[1], 0, 20_000);
}

/** Bytes of `struct gpu_metrics_v1_3`, and where its throttle word lies. */
const V1_3 = { bytes: 120, throttleAt: 112 };

/**
 * Why an AMD card is slowed: `indep_throttle_status` of `gpu_metrics`, whose bits mean the same on every chip: 0–15
 * power, 16–31 current, 32–47 heat. Only format 1.3 (cards from 2020 on) is read; another one is not guessed at.
 * @param bytes  the file: `structure_size` u16, `format_revision` u8, `content_revision` u8, then the struct, little-endian
 * @see Linux drivers/gpu/drm/amd/include/kgd_pp_interface.h, drivers/gpu/drm/amd/pm/swsmu/inc/amdgpu_smu.h
 */
export function parseGpuMetrics(bytes: Uint8Array): readonly ThrottleCause[] | undefined {
  if (bytes.length < V1_3.bytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint16(0, true) !== V1_3.bytes || view.getUint8(2) !== 1 || view.getUint8(3) !== 3)
    return undefined;
  const status = view.getBigUint64(V1_3.throttleAt, true);
  if (status === 0xffff_ffff_ffff_ffffn) return undefined; // what the driver fills in where the chip tells nothing
  return causesIn(status, { heat: 0xffff_0000_0000n, supply: 0n, limit: 0xffff_ffffn });
}
