/** One way in which the machine is connected: its name, its address, whether the internet is behind it. */
import type { ComponentChildren } from 'preact';
import { tameName } from '../../flow/parse.ts';
import { network as text } from '../../strings/en.json';

interface ConnectionProps {
  readonly name: ComponentChildren;
  readonly address: string;
  readonly internet: boolean;
}

export function Connection({ name, address, internet }: ConnectionProps) {
  return (
    <span class="connection">
      <b>{name}</b>
      <small class="num">{tameName(address, 60)}</small>
      <span class={`tag ${internet ? 'ok' : 'warn'}`}>{internet ? text.online : text.offline}</span>
    </span>
  );
}
