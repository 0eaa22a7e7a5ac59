/** The owner's page: sections by address fragment, one live status for all of them. */
import type { UpdateAnswer } from '@b3iq/wire/local-api';
import { type Section, sectionOf } from '../flow/section.ts';
import { useFragment } from '../flow/use-fragment.ts';
import { type Live, useStatus } from '../flow/use-status.ts';
import { useUpdate } from '../flow/use-update.ts';
import { Keys } from './dashboard/Keys.tsx';
import { Overview } from './dashboard/Overview.tsx';
import { Playground } from './dashboard/Playground.tsx';
import { Receipts } from './dashboard/Receipts.tsx';
import { Shell, ShellLoading } from './dashboard/Shell.tsx';
import { type Conversation, useConversation } from './dashboard/use-conversation.ts';

export function Dashboard() {
  const live = useStatus('dashboard');
  const fragment = useFragment();
  const update = useUpdate(live.status?.kind === 'appliance', false);
  const talk = useConversation();
  const section = sectionOf(fragment ?? '', 'dashboard');
  return (
    <Shell section={section} live={live} update={update.answer}>
      <View section={section} fragment={fragment} live={live} talk={talk} update={update.answer} />
    </Shell>
  );
}

interface ViewProps {
  readonly section: Section;
  readonly fragment: string | undefined;
  readonly live: Live;
  readonly talk: Conversation;
  readonly update: UpdateAnswer | undefined;
}

function View({ section, fragment, live, talk, update }: ViewProps) {
  // The first drawing is the one in the file and knows no address yet.
  if (fragment === undefined || live.status === undefined) return <ShellLoading />;
  const { status, step, refresh } = live;
  switch (section) {
    case 'playground':
      return <Playground status={status} talk={talk} onRetry={refresh} />;
    case 'keys':
      return <Keys status={status} onChange={refresh} />;
    case 'receipts':
      return <Receipts status={status} />;
    default:
      return <Overview status={status} contact={live.contact} step={step} update={update} />;
  }
}
