/** The machine as a line drawing whose light shines in the true state's colour. Separate because it is only a picture. */
import type { Light } from '../flow/types.ts';

/** A small box for the appliance, a screen for a Host; decoration, so hidden from screen readers. */
export function Machine({
  kind,
  tone,
}: {
  readonly kind: 'host' | 'appliance';
  readonly tone: Light['tone'];
}) {
  return (
    <svg class={`machine tone-${tone}`} viewBox="0 0 240 150" aria-hidden="true" focusable="false">
      <ellipse class="shade" cx="120" cy="138" rx="92" ry="6" />
      {kind === 'appliance' ? <Box /> : <Screen />}
    </svg>
  );
}

const VENTS = [112, 122, 132, 142, 152, 162, 172, 182, 192];

function Box() {
  return (
    <>
      <path class="line" d="M58 128v6M182 128v6" />
      <rect class="body" x="22" y="26" width="196" height="102" rx="18" />
      <path class="edge" d="M22 58h196" />
      {VENTS.map((x) => (
        <path key={x} class="edge" d={`M${x} 76v34`} />
      ))}
      <circle class="halo" cx="54" cy="93" r="14" />
      <circle class="lamp" cx="54" cy="93" r="6" />
    </>
  );
}

function Screen() {
  return (
    <>
      <path class="line" d="M104 116v16M136 116v16M84 134h72" />
      <rect class="body" x="32" y="14" width="176" height="104" rx="14" />
      <path class="edge" d="M56 42h70M56 58h110M56 74h86" />
      <circle class="halo" cx="62" cy="96" r="11" />
      <circle class="lamp" cx="62" cy="96" r="5" />
    </>
  );
}
