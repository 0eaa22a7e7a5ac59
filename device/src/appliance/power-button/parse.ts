/** The kernel's input events to presses of the power key. Pure. @see linux/input.h, `struct input_event` on 64-bit systems */

/** Two 64-bit halves of a time, then type, code and value. */
export const EVENT_BYTES = 24;
const EV_KEY = 1;
const KEY_POWER = 116;

/** The power key's changes in whole events, in order. Other keys, repeats and times of the wall clock are left out. */
export function parseKeyChanges(bytes: Uint8Array): readonly ('pressed' | 'released')[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const changes: ('pressed' | 'released')[] = [];
  for (let at = 0; at + EVENT_BYTES <= bytes.length; at += EVENT_BYTES) {
    const [type, code, value] = [
      view.getUint16(at + 16, true),
      view.getUint16(at + 18, true),
      view.getInt32(at + 20, true),
    ];
    if (type !== EV_KEY || code !== KEY_POWER) continue;
    if (value === 1) changes.push('pressed');
    else if (value === 0) changes.push('released');
  }
  return changes;
}
