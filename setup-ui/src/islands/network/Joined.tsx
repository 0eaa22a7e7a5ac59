/** The end of a join that worked, and the address from now on. */
import { tameName } from '../../flow/parse.ts';
import { joinedOf } from '../../network/state.ts';
import type { Air } from '../../network/use-air.ts';
import { Copy } from '../../parts/Copy.tsx';
import { Fill } from '../../parts/Fill.tsx';
import { Note } from '../../parts/Note.tsx';
import { network as text } from '../../strings/en.json';
import { fill } from '../../text.ts';
import { Ssid } from './Ssid.tsx';

export function Joined({ air }: { readonly air: Air }) {
  const joined = joinedOf(air.state.answer);
  if (joined === undefined) return null;
  const nextUrl = air.state.answer?.next_url;
  return (
    <>
      <Note
        tone={joined.internet ? 'ok' : 'warn'}
        title={<Fill text={text.joined_title} values={{ ssid: <Ssid name={joined.ssid} isQuoted /> }} />}
        isNews
      >
        {fill(text.joined_body, { address: tameName(joined.address, 60) })}{' '}
        {!joined.internet && text.no_internet}
      </Note>
      {nextUrl !== null && nextUrl !== undefined && (
        <>
          <h2 class="label-row">{text.from_now_on}</h2>
          <Copy text={nextUrl} label={text.copy_address} name={text.from_now_on} look="address" />
          <p class="hint">{air.movesTo === undefined ? text.address_same : text.address_moves}</p>
        </>
      )}
    </>
  );
}
