/** A D-Bus message, as the library hands it out, to our signals. Separate: its odd form of variants ends here. */
import { z } from 'zod';
import type { Signal } from './types.ts';

const SIGNAL = 4;
const message = z.object({
  type: z.literal(SIGNAL),
  path: z.string(),
  interface: z.string(),
  member: z.string(),
  body: z.array(z.unknown()).default([]),
});
const stateChanged = z.tuple([z.number(), z.number(), z.number()]);
const eap = z.tuple([z.string(), z.string()]);
/** `a{sv}`: pairs of a name and `[signature, [value]]`. */
const properties = z.tuple([z.array(z.tuple([z.string(), z.tuple([z.unknown(), z.tuple([z.unknown()])])]))]);

/** The signals in one message, in the order in which they mean something; none when it is something else. */
export function parseSignal(raw: unknown): readonly Signal[] {
  const parsed = message.safeParse(raw);
  if (!parsed.success) return [];
  const { path, member, body } = parsed.data;
  switch (`${parsed.data.interface}.${member}`) {
    case 'org.freedesktop.NetworkManager.Device.StateChanged': {
      const values = stateChanged.safeParse(body);
      if (!values.success) return [];
      const [state, , reason] = values.data;
      return [{ kind: 'device', path, state, reason }];
    }
    case 'org.freedesktop.DBus.NameOwnerChanged':
      return [{ kind: 'manager' }];
    case 'fi.w1.wpa_supplicant1.Interface.ScanDone':
      return [{ kind: 'scan-done' }];
    case 'fi.w1.wpa_supplicant1.Interface.EAP': {
      const values = eap.safeParse(body);
      return values.success ? [{ kind: 'eap', status: values.data[0], parameter: values.data[1] }] : [];
    }
    case 'fi.w1.wpa_supplicant1.Interface.PropertiesChanged': {
      const values = properties.safeParse(body);
      return values.success
        ? fromProperties(new Map(values.data[0].map(([name, [, [v]]]) => [name, v])))
        : [];
    }
    default:
      return [];
  }
}

/** A state and a status that came together: the status is about the try that the state ends. */
function fromProperties(values: ReadonlyMap<string, unknown>): readonly Signal[] {
  const found: Signal[] = [];
  const state = values.get('State');
  const auth = values.get('AuthStatusCode');
  const assoc = values.get('AssocStatusCode');
  if (typeof auth === 'number') found.push({ kind: 'auth', status: auth });
  if (typeof assoc === 'number') found.push({ kind: 'assoc', status: assoc });
  if (typeof state === 'string') found.push({ kind: 'supplicant', state });
  return found;
}
