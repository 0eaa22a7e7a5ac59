/** The certificate `https` shows: whose it is, how to compare it, and another in its place. */
import type { CertificateAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import { readCertificate, removeCertificate } from '../../api/appliance.ts';
import type { Answer, Failure } from '../../api/call.ts';
import { tameName } from '../../flow/parse.ts';
import { Copy } from '../../parts/Copy.tsx';
import { FailureNote, Note } from '../../parts/Note.tsx';
import { certificate as text } from '../../strings/en.json';
import { formatDay } from '../../text.ts';
import { CertificateForm } from './CertificateForm.tsx';

/** @param localUrl  such as `http://b3iq-n7k4.local/` */
export function Certificate({ localUrl }: { readonly localUrl: string | undefined }) {
  const [shown, setShown] = useState<CertificateAnswer>();
  const [failure, setFailure] = useState<Failure>();
  const [isChanging, setChanging] = useState(false);
  const [isChanged, setChanged] = useState(false);
  const take = (answer: Answer<CertificateAnswer>): void => {
    if (answer.kind === 'ok') setShown(answer.value);
    setFailure(answer.kind === 'ok' ? undefined : answer);
  };
  const change = (answer: Answer<CertificateAnswer>): void => {
    take(answer);
    setChanged(answer.kind === 'ok');
    if (answer.kind === 'ok') setChanging(false);
  };
  useEffect(() => {
    void readCertificate().then(take);
  }, []);
  return (
    <section class="card panel">
      <h2>{text.title}</h2>
      {failure !== undefined && <FailureNote failure={failure} />}
      {isChanged && (
        <Note tone="ok" title={text.changed_title} isNews>
          {text.changed_body}
        </Note>
      )}
      {shown !== undefined && (
        <>
          <p class="small">{text[`body_${shown.kind}`]}</p>
          <div class="pair">
            <h3>{text.fingerprint}</h3>
            <Copy text={shown.fingerprint_sha256} label={text.copy} name={text.fingerprint} look="print">
              {inLines(shown.fingerprint_sha256)}
            </Copy>
          </div>
          <dl class="facts-list num">
            <div>
              <dt>{text.names}</dt>
              <dd>{shown.names.map((each) => tameName(each, 80)).join(', ')}</dd>
            </div>
            <div>
              <dt>{text.until}</dt>
              <dd>{formatDay(shown.not_after)}</dd>
            </div>
          </dl>
          {isChanging ? (
            <CertificateForm
              secureUrl={localUrl?.replace(/^http:/, 'https:')}
              onInstalled={(installed) => change({ kind: 'ok', value: installed })}
              onCancel={() => setChanging(false)}
            />
          ) : (
            <div class="form-actions">
              <button type="button" class="btn quiet" onClick={() => setChanging(true)}>
                {text.install}
              </button>
              {shown.kind === 'installed' && (
                <button
                  type="button"
                  class="btn plain"
                  onClick={async () => change(await removeCertificate())}
                >
                  {text.go_back}
                </button>
              )}
            </div>
          )}
        </>
      )}
    </section>
  );
}

/** Eight pairs a line: as many as a phone holds, and easy to compare with a screen. */
function inLines(fingerprint: string): string {
  return fingerprint.replace(/((?:[0-9A-F]{2}:){8})(?=.)/g, '$1\n');
}
