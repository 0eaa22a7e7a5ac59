/** What the owner looks up now and then: usage, health, support, settings, and on a phone the way to all the rest. Separate so that the dashboard stays light. */
import type { UpdateAnswer } from '@b3iq/wire/local-api';
import { type Section, sectionOf } from '../flow/section.ts';
import { useFragment } from '../flow/use-fragment.ts';
import { type Live, useStatus } from '../flow/use-status.ts';
import { useUpdate } from '../flow/use-update.ts';
import { Shell, ShellLoading } from './dashboard/Shell.tsx';
import { HealthView } from './insight/Health.tsx';
import { More } from './insight/More.tsx';
import { Settings } from './insight/Settings.tsx';
import { Support } from './insight/Support.tsx';
import { Usage } from './insight/Usage.tsx';

export function InsightPage() {
  const live = useStatus('insight');
  const fragment = useFragment();
  const update = useUpdate(live.status?.kind === 'appliance', false);
  const section = sectionOf(fragment ?? '', 'insight');
  return (
    <Shell section={section} live={live} update={update.answer}>
      <View section={section} fragment={fragment} live={live} update={update.answer} />
    </Shell>
  );
}

interface ViewProps {
  readonly section: Section;
  readonly fragment: string | undefined;
  readonly live: Live;
  readonly update: UpdateAnswer | undefined;
}

function View({ section, fragment, live, update }: ViewProps) {
  // The first drawing is the one in the file and knows no address yet.
  if (fragment === undefined || live.status === undefined) return <ShellLoading />;
  switch (section) {
    case 'health':
      return <HealthView countsTo={live.status.counts_to} />;
    case 'support':
      return <Support />;
    case 'settings':
      return <Settings status={live.status} />;
    case 'more':
      return <More update={update} status={live.status} />;
    default:
      return <Usage status={live.status} />;
  }
}
