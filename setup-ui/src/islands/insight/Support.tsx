/** What a helper needs: the bundle, told before it is made, and who may fetch it themselves. */
import type { BundleContentsAnswer } from '@b3iq/wire/local-api';
import { useEffect, useState } from 'preact/hooks';
import type { Failure } from '../../api/call.ts';
import { BUNDLE_PATH, readBundleContents } from '../../api/insight.ts';
import { leaveForSignIn } from '../../flow/use-status.ts';
import { Icon } from '../../parts/Icon.tsx';
import { FailureNote } from '../../parts/Note.tsx';
import { ViewHead } from '../../parts/ViewHead.tsx';
import { support as text } from '../../strings/en.json';
import { Grants } from './Grants.tsx';

export function Support() {
  const [contents, setContents] = useState<BundleContentsAnswer>();
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    void readBundleContents().then((answer) => {
      if (answer.kind === 'ok') setContents(answer.value);
      else if (answer.kind === 'problem' && answer.status === 401) leaveForSignIn();
      else setFailure(answer);
    });
  }, []);
  return (
    <>
      <ViewHead title={text.heading} lead={text.lead} />
      {failure !== undefined && <FailureNote failure={failure} />}
      <section class="card panel support-bundle">
        <h2>{text.bundle}</h2>
        <p>{text.bundle_body}</p>
        {contents === undefined && failure === undefined && <p class="small">{text.loading}</p>}
        {contents !== undefined && (
          <>
            <dl class="facts-list">
              {contents.files.map(({ path, holds }) => (
                <div key={path}>
                  <dt class="mono">{path}</dt>
                  <dd>{holds}</dd>
                </div>
              ))}
            </dl>
            <h3>{text.never}</h3>
            <ul class="never">
              {contents.never.map((what) => (
                <li key={what}>{what}</li>
              ))}
            </ul>
            <a class="btn" href={BUNDLE_PATH} download>
              <Icon name="download" />
              {text.make}
            </a>
          </>
        )}
      </section>
      <Grants />
    </>
  );
}
