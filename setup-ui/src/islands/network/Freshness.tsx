/** How old the list is, and listening again, with what that does to the setup network said beforehand. */
import type { NetworksAnswer } from '@b3iq/wire/local-api';
import { Icon } from '../../parts/Icon.tsx';
import { useNow } from '../../parts/use-now.ts';
import { network as text } from '../../strings/en.json';
import { fill, spanOf } from '../../text.ts';

interface FreshnessProps {
  readonly answer: NetworksAnswer;
  /** The page's monotonic ms at which the answer came. */
  readonly heardMs: number;
  readonly isSetupNetworkUp: boolean;
  readonly onListen: () => void;
}

export function Freshness({ answer, heardMs, isSetupNetworkUp, onListen }: FreshnessProps) {
  const nowMs = useNow(5000);
  const ageS = answer.age_s === null ? undefined : answer.age_s + Math.max(0, nowMs - heardMs) / 1000;
  return (
    <>
      <div class="row freshness">
        <span class="small">
          {ageS === undefined
            ? text.age_never
            : ageS < 5
              ? text.age_now
              : fill(text.age, { age: spanOf(ageS) })}
        </span>
        <button type="button" class="btn plain" onClick={onListen}>
          <Icon name="refresh" size={18} />
          {text.scan}
        </button>
      </div>
      {isSetupNetworkUp && <p class="small">{text.scan_warning}</p>}
    </>
  );
}
