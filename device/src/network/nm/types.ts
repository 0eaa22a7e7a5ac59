/** What NetworkManager and wpa_supplicant say of themselves on the system bus, as far as a join needs it. */

/**
 * `device`: NMDeviceState and NMDeviceStateReason, by number. `supplicant`: the state of its state machine.
 * `auth`, `assoc`: IEEE 802.11 status codes, 0 is success. `eap`: a step of signing in to an enterprise network.
 * @see NetworkManager nm-dbus-types, wpa_supplicant doc/dbus.doxygen
 */
export type Signal =
  | { readonly kind: 'device'; readonly path: string; readonly state: number; readonly reason: number }
  | { readonly kind: 'supplicant'; readonly state: string }
  | { readonly kind: 'auth'; readonly status: number }
  | { readonly kind: 'assoc'; readonly status: number }
  | { readonly kind: 'eap'; readonly status: string; readonly parameter: string }
  | { readonly kind: 'scan-done' }
  /** NetworkManager came or went. */
  | { readonly kind: 'manager' };

/** One line of `nmcli device show`, by field. */
export type DeviceFields = ReadonlyMap<string, string>;
