/**
 * The way on when the page and the machine part: what to do if the join worked, and if it did not.
 * Separate because it stands there before, during and after; nothing in it needs the machine.
 */
import { Copy } from '../../parts/Copy.tsx';
import { Fill } from '../../parts/Fill.tsx';
import { network as text } from '../../strings/en.json';
import { Ssid } from './Ssid.tsx';

interface HandOverProps {
  readonly ssid: string;
  readonly nextUrl: string | null;
  readonly hotspot: string;
}

export function HandOver({ ssid, nextUrl, hotspot }: HandOverProps) {
  const names = { ssid: <Ssid name={ssid} isQuoted />, hotspot: <b>{hotspot}</b> };
  return (
    <section class="card panel-pad hand-over">
      <h2>
        <Fill text={text.over_title} values={names} />
      </h2>
      <h3>
        <Fill text={text.over_worked} values={names} />
      </h3>
      <ol class="numbered">
        <li>
          <Fill text={text.over_join} values={names} />
        </li>
        <li>
          {nextUrl === null ? text.over_open_unknown : text.over_open}
          {nextUrl !== null && <Address url={nextUrl} />}
        </li>
        <li>{text.over_sign_in}</li>
      </ol>
      <h3>
        <Fill text={text.over_failed} values={names} />
      </h3>
      <p>
        <Fill text={text.over_back} values={names} />
      </p>
    </section>
  );
}

/** The way back to the setup network, after a network was forgotten. */
export function ComeBack({ nextUrl, hotspot }: Omit<HandOverProps, 'ssid'>) {
  const names = { hotspot: <b>{hotspot}</b> };
  return (
    <ol class="numbered hand-over">
      <li>
        <Fill text={text.back_join} values={names} />
      </li>
      <li>
        {text.back_open}
        {nextUrl !== null && <Address url={nextUrl} />}
      </li>
    </ol>
  );
}

function Address({ url }: { readonly url: string }) {
  return (
    <>
      <Copy text={url} label={text.copy_address} name={text.next_address} look="address" />
      <a href={url}>{text.over_link}</a>
    </>
  );
}
