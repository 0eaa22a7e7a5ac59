/** The frame of the owner's pages: name, light, sections, and what must be known on each of them. */
import type { StatusAnswer, UpdateAnswer } from '@b3iq/wire/local-api';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { leavingLine } from '../../flow/leaving.ts';
import { pathOfSection, type Section, sectionsFor, TABS, tabOf } from '../../flow/section.ts';
import { lightFor } from '../../flow/state.ts';
import type { Live } from '../../flow/use-status.ts';
import { Icon } from '../../parts/Icon.tsx';
import { LightMark } from '../../parts/LightMark.tsx';
import { Note } from '../../parts/Note.tsx';
import { Reconnecting } from '../../parts/Wizard.tsx';
import { common, dash as text } from '../../strings/en.json';
import { formatNumber, plural } from '../../text.ts';

interface ShellProps {
  readonly section: Section;
  readonly live: Live;
  readonly update: UpdateAnswer | undefined;
  /** The page itself says why the machine is away, and better. */
  readonly isAwayExpected?: boolean;
  readonly children: ComponentChildren;
}

export function Shell({ section, live, update, isAwayExpected = false, children }: ShellProps) {
  const { status, contact } = live;
  const kind = status?.kind ?? 'host';
  const light = lightFor(
    contact,
    status && {
      state: status.state,
      model: status.models[0] ?? null,
      isSettingUp: false,
      isUpdating: update?.state.kind === 'installing',
    },
  );
  useEffect(() => {
    document.title = `${text[section]} · ${status?.name ?? common.product}`;
  }, [section, status?.name]);
  const hasNews = update !== undefined && (update.available !== null || update.state.kind === 'ready');
  const links = (sections: readonly Section[], current: Section) => (
    <ul>
      {sections.map((each) => (
        <li key={each}>
          <a href={pathOfSection(each)} aria-current={each === current ? 'page' : undefined}>
            <Icon name={each} />
            {text[each]}
            {each === 'keys' && <KeyCount status={status} />}
            {hasNews && (each === 'updates' || each === 'more') && (
              <span class="news">
                <span class="sr-only">, {text.news}</span>
              </span>
            )}
            {(each === 'health' || each === 'more') && <OpenAlerts count={status?.alerts_open ?? 0} />}
          </a>
        </li>
      ))}
    </ul>
  );
  const name = status?.name ?? common.machine;
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {common.skip_to_content}
      </a>
      <header class="side-nav">
        <div class="ident">
          <span class="name">{name}</span>
          <LightMark light={light} />
        </div>
        <nav aria-label={text.nav}>{links(sectionsFor(kind), section)}</nav>
        <p class="mode">
          <Icon name="shield" size={18} />
          <span>
            <b>{text.local}</b>
            {(status && leavingLine(status)) ?? text.local_body}
          </span>
        </p>
      </header>
      <header class="top-bar">
        <span class="name">{name}</span>
        <LightMark light={light} />
      </header>
      <main id="content" class="content" tabIndex={-1}>
        <Reconnecting isShown={contact === 'reconnecting' && !isAwayExpected} />
        {status?.state === 'claimed-recovering' && section !== 'network' && (
          <Note tone="warn" title={text.lost_title}>
            {text.lost_body} <a href={pathOfSection('network')}>{text.lost_link}</a>
          </Note>
        )}
        {children}
      </main>
      <nav class="tab-bar" aria-label={text.nav}>
        {links(TABS, tabOf(section))}
      </nav>
    </div>
  );
}

function KeyCount({ status }: { readonly status: StatusAnswer | undefined }) {
  const keys = status?.keys_active ?? 0;
  if (keys === 0) return null;
  return (
    <span class="count" aria-hidden="true">
      {formatNumber(keys)}
    </span>
  );
}

/** Warnings that stand now: a number for the eye, the same in words for the ear. */
function OpenAlerts({ count }: { readonly count: number }) {
  if (count === 0) return null;
  return (
    <span class="alerts">
      <span aria-hidden="true">{formatNumber(count)}</span>
      <span class="sr-only"> {plural(count, text.alerts_one, text.alerts_other)}</span>
    </span>
  );
}

/** What stands there until the machine has answered. */
export function ShellLoading() {
  return (
    <>
      <h1>{text.title}</h1>
      <p class="lead">{common.loading}</p>
      <div class="grid" aria-hidden="true">
        {[1, 2, 3, 4].map((each) => (
          <div key={each} class="card tile skeleton" />
        ))}
      </div>
    </>
  );
}
