/** The networks in the air, and the form that opens under the chosen one. Names are hostile and shown as text only. */
import type { JoinRequest, NetworksAnswer, WifiNetwork } from '@b3iq/wire/local-api';
import { useEffect } from 'preact/hooks';
import type { JoinDraft } from '../../network/types.ts';
import { Icon } from '../../parts/Icon.tsx';
import { network as text } from '../../strings/en.json';
import { fill } from '../../text.ts';
import { JoinForm } from './JoinForm.tsx';
import { Ssid } from './Ssid.tsx';

/** More than anybody scrolls through; an attacker can fill the air with names. */
const MAX_SHOWN = 40;
const HIDDEN = 'hidden';
/** One name may stand twice, once for each kind of protection. */
const idOf = (found: WifiNetwork): string => `${found.ssid_hex}/${found.security}`;

interface NetworkListProps {
  readonly answer: NetworksAnswer;
  readonly chosen: string | undefined;
  readonly onChosen: (id: string | undefined) => void;
  readonly draft: JoinDraft;
  readonly onDraft: (draft: JoinDraft) => void;
  readonly onJoin: (request: JoinRequest, ssid: string) => void;
}

export function NetworkList({ answer, chosen, onChosen, draft, onDraft, onJoin }: NetworkListProps) {
  const { networks, join, current } = answer;
  const failed = join.kind === 'failed' ? join : undefined;
  // After a failure the same network stands open again, ready for another try.
  useEffect(() => {
    const found = networks.find((each) => each.ssid === failed?.ssid && each.security !== 'unsupported');
    if (chosen === undefined && found !== undefined) onChosen(idOf(found));
  }, [failed?.ssid]);
  const toggle = (id: string): void => {
    onChosen(chosen === id ? undefined : id);
    // Another network has another password; the same one keeps what was typed.
    if (chosen !== id) onDraft({ ...draft, password: '' });
  };
  const form = (found: WifiNetwork | undefined) => (
    <JoinForm
      network={found}
      draft={draft}
      onDraft={onDraft}
      onJoin={onJoin}
      refused={
        failed !== undefined && (found === undefined || found.ssid === failed.ssid) ? failed : undefined
      }
      answer={answer}
    />
  );
  return (
    <ul class="card networks" aria-label={text.list_label}>
      {networks.slice(0, MAX_SHOWN).map((found) => {
        const id = idOf(found);
        const isJoinable = found.security !== 'unsupported';
        const isOpen = chosen === id && isJoinable;
        return (
          <li key={id}>
            <button
              type="button"
              class="net"
              disabled={!isJoinable}
              aria-expanded={isJoinable ? isOpen : undefined}
              onClick={() => toggle(id)}
            >
              <span class="net-name">
                <Ssid name={found.ssid} />
                <small>
                  {current?.ssid === found.ssid ? `${text.in_use} · ` : ''}
                  {text[`security_${found.security}`]}
                </small>
              </span>
              {isJoinable && found.security !== 'open' && <Icon name="lock" size={18} />}
              <Bars percent={found.signal_percent} />
            </button>
            {isOpen && form(found)}
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
          <Icon name="plus" />
          {text.hidden}
        </button>
        {chosen === HIDDEN && form(undefined)}
      </li>
    </ul>
  );
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
