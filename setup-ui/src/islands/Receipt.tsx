/**
 * One receipt on a page of its own: what its bytes say, its proof, and a button that verifies it right here.
 * Separate from the dashboard because the verifier is half of a page's budget, and because a receipt is worth a link.
 */

import type { Receipt as SignedReceipt } from '@b3iq/wire';
import type { ReceiptProof } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../api/call.ts';
import { readProof } from '../api/owner.ts';
import { tameName } from '../flow/parse.ts';
import { proves, readReceipt } from '../flow/prove.ts';
import { receiptIn } from '../flow/section.ts';
import { useSetup } from '../flow/use-setup.ts';
import { Heading } from '../parts/Heading.tsx';
import { FailureNote, Note } from '../parts/Note.tsx';
import { callerOf, formatTime, STATUS_TONES } from '../parts/receipt-words.ts';
import { Wizard } from '../parts/Wizard.tsx';
import { receipt as text, receipts as words } from '../strings/en.json';
import { fill, formatDuration, formatNumber } from '../text.ts';

export function Receipt() {
  const flow = useSetup('receipt');
  const { setup, contact } = flow;
  const [id, setId] = useState<string>();
  const [proof, setProof] = useState<ReceiptProof>();
  const [failure, setFailure] = useState<Failure>();
  const [isGood, setGood] = useState<boolean>();
  const isHere = setup !== undefined && contact === 'online';
  useEffect(() => {
    const read = (): void => setId(receiptIn(window.location.hash) ?? '');
    read();
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  useEffect(() => {
    if (!isHere || id === undefined || id === '') return undefined;
    let isOver = false;
    setGood(undefined);
    void readProof(id).then((answer) => {
      if (isOver) return;
      setProof(answer.kind === 'ok' ? answer.value : undefined);
      setFailure(answer.kind === 'ok' ? undefined : answer);
    });
    return () => {
      isOver = true;
    };
  }, [isHere, id]);
  const said = proof && readReceipt(proof);
  return (
    <Wizard page="receipt" flow={flow}>
      <Heading>
        {said === undefined ? text.heading : fill(text.heading_seq, { seq: formatNumber(Number(said.seq)) })}
      </Heading>
      <p class="lead">{text.lead}</p>
      {id === '' && <Note tone="warn" title={text.no_id} />}
      {failure !== undefined && <FailureNote failure={failure} />}
      {proof === undefined && failure === undefined && id !== '' && <div class="skeleton tall" />}
      {proof !== undefined && setup !== undefined && id !== undefined && (
        <>
          <Verdict isGood={isGood} />
          <div class="actions">
            <button type="button" class="btn wide" onClick={() => setGood(proves(proof, id, setup.node_id))}>
              {text.verify}
            </button>
          </div>
          {said !== undefined && <Facts receipt={said} />}
          <Proof proof={proof} />
        </>
      )}
      <div class="actions">
        <a class="btn wide plain" href="/#/receipts">
          {text.back}
        </a>
      </div>
    </Wizard>
  );
}

function Verdict({ isGood }: { readonly isGood: boolean | undefined }) {
  if (isGood === undefined) return null;
  return isGood ? (
    <Note tone="ok" title={text.ok_title} isNews>
      {text.ok_body}
    </Note>
  ) : (
    <Note tone="bad" title={text.bad_title} isNews>
      {text.bad_body}
    </Note>
  );
}

function Facts({ receipt }: { readonly receipt: SignedReceipt }) {
  const facts: readonly (readonly [string, string])[] = [
    [text.at, formatTime(receipt.started_at)],
    [text.caller, callerOf(receipt.caller)],
    [text.model, tameName(receipt.model, 80)],
    [text.endpoint, receipt.endpoint],
    [text.read, formatNumber(Number(receipt.prompt_tokens))],
    [text.written, formatNumber(Number(receipt.completion_tokens))],
    [text.source, text[`source_${receipt.token_source}`]],
    [text.duration, formatDuration(receipt.duration_ms / 1000)],
    [text.id, receipt.id],
  ];
  return (
    <section class="card panel-pad">
      <div class="row">
        <h2>{text.facts}</h2>
        <span class={`tag ${STATUS_TONES[receipt.status]}`}>{words[`status_${receipt.status}`]}</span>
      </div>
      <dl class="facts-list num">
        {facts.map(([term, value]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Proof({ proof }: { readonly proof: ReceiptProof }) {
  const steps = proof.path.length;
  const sentence =
    steps === 0
      ? text.proof_body_none
      : steps === 1
        ? text.proof_body_one
        : fill(text.proof_body, { count: steps });
  return (
    <section class="card panel-pad">
      <h2>{text.proof}</h2>
      <p class="small">{sentence}</p>
      <Bytes label={text.proof_bytes} value={proof.receipt} />
      <Bytes label={text.proof_key} value={proof.public_key} />
    </section>
  );
}

function Bytes({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <>
      <h3 class="label-row">{label}</h3>
      {/* biome-ignore lint/a11y: a scrolling region must be reachable by keyboard and have a name (WCAG 2.1.1); no fieldset */}
      <pre class="bytes" tabIndex={0} role="group" aria-label={label}>
        {value}
      </pre>
    </>
  );
}
