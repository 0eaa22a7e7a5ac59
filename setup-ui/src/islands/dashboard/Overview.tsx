/** What the machine is doing now, in one sentence and four numbers. */
import type { SetupState, StatusAnswer, UpdateAnswer } from '@b3iq/wire/local-api';
import { leavingLine } from '../../flow/leaving.ts';
import { pathOfSection } from '../../flow/section.ts';
import { pathOf, placeFor } from '../../flow/state.ts';
import type { Contact } from '../../flow/types.ts';
import { Note } from '../../parts/Note.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { dash, overview as text } from '../../strings/en.json';
import { fill, plural } from '../../text.ts';
import { Checks } from '../Welcome.tsx';
import { EndpointPanel, ModelPanel } from './OverviewPanels.tsx';
import { Tiles } from './Tiles.tsx';

interface OverviewProps {
  readonly status: StatusAnswer;
  readonly contact: Contact;
  readonly step: SetupState['step'] | undefined;
  /** Undefined on a Host, and until it is known. */
  readonly update: UpdateAnswer | undefined;
}

export function Overview({ status, contact, step, update }: OverviewProps) {
  const isUnfinished = step !== undefined && step !== 'done';
  return (
    <>
      <ViewHead title={headline(status, contact)} lead={lead(status)} />
      {isUnfinished && (
        <Note tone="info" title={dash.continue_title}>
          {dash.continue_body}{' '}
          <a
            href={pathOf(
              placeFor({
                step,
                kind: status.kind,
                state: status.state,
                signed_in: true,
                network_step: step === 'network',
              }),
            )}
          >
            {dash.continue_link}
          </a>
        </Note>
      )}
      {update !== undefined && <UpdateNews update={update} />}
      {status.notice !== null && (
        <Note tone="info" title={text.notice_title}>
          {status.notice}
        </Note>
      )}
      {status.name_clash && (
        <Note tone="warn" title={text.clash_title}>
          {text.clash_body}
        </Note>
      )}
      {!status.hardware.passed && (
        <Note tone="warn" title={text.scan_title}>
          <Checks checks={status.hardware.checks.filter((check) => !check.ok)} />
        </Note>
      )}
      <Tiles status={status} />
      <div class="two">
        <ModelPanel models={status.models} />
        <EndpointPanel status={status} />
      </div>
    </>
  );
}

/** A version that waits for the owner; nothing while none does. */
function UpdateNews({ update }: { readonly update: UpdateAnswer }) {
  const { state, available } = update;
  const version = state.kind === 'ready' ? state.version : available?.version;
  if (version === undefined || state.kind === 'installing') return null;
  return (
    <Note
      tone="info"
      title={fill(state.kind === 'ready' ? text.update_ready : text.update_found, { version })}
    >
      <a href={pathOfSection('updates')}>{text.update_link}</a>
    </Note>
  );
}

/** What left this machine is only said to be nothing while nothing does. */
function lead(status: StatusAnswer): string {
  const total = status.receipts_total;
  const leaves = leavingLine(status);
  if (leaves !== undefined)
    return total === 0
      ? fill(text.lead_leaves_none, { leaves })
      : fill(plural(total, text.lead_leaves_one, text.lead_leaves_other), { leaves });
  return total === 0 ? text.lead_none : plural(total, text.lead_one, text.lead_other);
}

/** The truth in one line; never “answering” while nothing can. */
function headline(status: StatusAnswer, contact: Contact): string {
  if (contact === 'reconnecting') return text.offline;
  return text[status.models[0]?.state ?? 'none'];
}
