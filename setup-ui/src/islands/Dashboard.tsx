/** The owner's page: sections by address fragment, one live status for all of them. */
import { useEffect, useState } from 'preact/hooks';
import { SECTIONS, type Section, sectionOf } from '../flow/section.ts';
import { lightFor } from '../flow/state.ts';
import type { Light } from '../flow/types.ts';
import { type Live, useStatus } from '../flow/use-status.ts';
import { Icon } from '../parts/Icon.tsx';
import { LightMark } from '../parts/LightMark.tsx';
import { Reconnecting } from '../parts/Wizard.tsx';
import { common, dash as text } from '../strings/en.json';
import { formatNumber } from '../text.ts';
import { Keys } from './dashboard/Keys.tsx';
import { Overview } from './dashboard/Overview.tsx';
import { Playground } from './dashboard/Playground.tsx';
import { Receipts } from './dashboard/Receipts.tsx';
import { Settings } from './dashboard/Settings.tsx';
import { type Conversation, useConversation } from './dashboard/use-conversation.ts';

export function Dashboard() {
  const live = useStatus();
  const { status, contact } = live;
  const fragment = useFragment();
  const talk = useConversation();
  const section = sectionOf(fragment ?? '');
  const light = lightFor(
    contact,
    status && { state: status.state, model: status.models[0] ?? null, isSettingUp: false },
  );
  useEffect(() => {
    document.title = `${text[section]} · ${status?.name ?? common.product}`;
  }, [section, status?.name]);
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {common.skip_to_content}
      </a>
      <header class="side-nav">
        <Identity name={status?.name} light={light} />
        <nav aria-label={text.nav}>
          <Links section={section} live={live} />
        </nav>
        <p class="mode">
          <Icon name="shield" size={18} />
          <span>
            <b>{text.local}</b>
            {text.local_body}
          </span>
        </p>
      </header>
      <header class="top-bar">
        <span class="name">{status?.name ?? common.machine}</span>
        <LightMark light={light} />
      </header>
      <main id="content" class="content" tabIndex={-1}>
        <Reconnecting isShown={contact === 'reconnecting'} />
        <View section={section} fragment={fragment} live={live} talk={talk} />
      </main>
      <nav class="tab-bar" aria-label={text.nav}>
        <Links section={section} live={live} />
      </nav>
    </div>
  );
}

function Identity({ name, light }: { readonly name: string | undefined; readonly light: Light }) {
  return (
    <div class="ident">
      <span class="name">{name ?? common.machine}</span>
      <LightMark light={light} />
    </div>
  );
}

interface ViewProps {
  readonly section: Section;
  readonly fragment: string | undefined;
  readonly live: Live;
  readonly talk: Conversation;
}

function View({ section, fragment, live, talk }: ViewProps) {
  // The first drawing is the one in the file and knows no address yet.
  if (fragment === undefined || live.status === undefined) return <Loading />;
  const { status, step, refresh } = live;
  switch (section) {
    case 'overview':
      return <Overview status={status} contact={live.contact} step={step} />;
    case 'playground':
      return <Playground status={status} talk={talk} onRetry={refresh} />;
    case 'keys':
      return <Keys status={status} onChange={refresh} />;
    case 'receipts':
      return <Receipts status={status} />;
    case 'settings':
      return <Settings status={status} />;
  }
}

function Loading() {
  return (
    <>
      <h1>{text.title}</h1>
      <p class="lead">{common.loading}</p>
      <div class="grid" aria-hidden="true">
        {SECTIONS.slice(0, 4).map((each) => (
          <div key={each} class="card tile skeleton" />
        ))}
      </div>
    </>
  );
}

function Links({ section, live }: { readonly section: Section; readonly live: Live }) {
  const keys = live.status?.keys_active ?? 0;
  return (
    <ul>
      {SECTIONS.map((each) => (
        <li key={each}>
          <a href={`#/${each}`} aria-current={each === section ? 'page' : undefined}>
            <Icon name={each} />
            {text[each]}
            {each === 'keys' && keys > 0 && (
              <span class="count" aria-hidden="true">
                {formatNumber(keys)}
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** The address's fragment; undefined until the page is awake. The skip link's own fragment is no section. */
function useFragment(): string | undefined {
  const [fragment, setFragment] = useState<string>();
  useEffect(() => {
    const read = (): void =>
      setFragment((before) =>
        window.location.hash === '#content' && before ? before : window.location.hash,
      );
    read();
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  return fragment;
}
