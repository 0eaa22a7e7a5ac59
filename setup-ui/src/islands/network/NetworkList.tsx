/** The networks in the air, and the form that opens under the chosen one. Names are hostile and shown as text only. */
import type { JoinRequest, JoinState, WifiNetwork } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { tameName } from '../../flow/parse.ts';
import { Icon } from '../../parts/Icon.tsx';
import { network as text } from '../../strings/en.json';
import { fill } from '../../text.ts';
import { JoinForm } from './JoinForm.tsx';

/** More than anybody scrolls through; an attacker can fill the air with names. */
const MAX_SHOWN = 40;
const HIDDEN = 'hidden';

interface NetworkListProps {
  readonly networks: readonly WifiNetwork[];
  readonly join: JoinState;
  readonly onJoin: (request: JoinRequest) => void;
}

export function NetworkList({ networks, join, onJoin }: NetworkListProps) {
  const [chosen, setChosen] = useState<string>();
  const failedSsid = join.kind === 'failed' ? join.ssid : undefined;
  // After a failure the same network stands open again, ready for another try.
  useEffect(() => {
    const failed = networks.find((found) => found.ssid === failedSsid);
    if (failed !== undefined) setChosen((current) => current ?? failed.ssid_hex);
  }, [failedSsid, networks]);
  const toggle = (id: string): void => setChosen(chosen === id ? undefined : id);
  return (
    <ul class="card networks" aria-label={text.list_label}>
      {networks.slice(0, MAX_SHOWN).map((found) => {
        const isJoinable = found.security !== 'enterprise' && found.security !== 'unsupported';
        const isOpen = chosen === found.ssid_hex && isJoinable;
        return (
          <li key={found.ssid_hex}>
            <button
              type="button"
              class="net"
              disabled={!isJoinable}
              aria-expanded={isJoinable ? isOpen : undefined}
              onClick={() => toggle(found.ssid_hex)}
            >
              <span class="net-name">
                <Name ssid={found.ssid} />
                <small>{text[`security_${found.security}`]}</small>
              </span>
              {(found.security === 'wpa2' || found.security === 'wpa3') && <Icon name="lock" size={18} />}
              <Bars percent={found.signal_percent} />
            </button>
            {isOpen && <JoinForm network={found} onJoin={onJoin} />}
          </li>
        );
      })}
      <li>
        <button
          type="button"
          class="net other"
          aria-expanded={chosen === HIDDEN}
          onClick={() => toggle(HIDDEN)}
        >
          {text.hidden}
        </button>
        {chosen === HIDDEN && <JoinForm network={undefined} onJoin={onJoin} />}
      </li>
    </ul>
  );
}

function Name({ ssid }: { readonly ssid: string }) {
  const tame = tameName(ssid);
  return <bdi>{tame.trim() === '' ? text.unnamed : tame}</bdi>;
}

function Bars({ percent }: { readonly percent: number }) {
  const bounded = Math.max(0, Math.min(100, Math.round(percent)));
  const on = Math.max(1, Math.ceil(bounded / 25));
  return (
    <span class="bars">
      {[1, 2, 3, 4].map((bar) => (
        <i key={bar} class={bar <= on ? 'on' : ''} />
      ))}
      <span class="sr-only">{fill(text.signal, { percent: bounded })}</span>
    </span>
  );
}
