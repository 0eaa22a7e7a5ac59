/** The appliance's own page: network, updates, the box itself. Separate from the dashboard, which a Host has too. */
import { useState } from 'preact/hooks';
import { type Section, sectionOf } from '../flow/section.ts';
import { useFragment } from '../flow/use-fragment.ts';
import { type Live, useStatus } from '../flow/use-status.ts';
import { type Update, useUpdate } from '../flow/use-update.ts';
import { Shell, ShellLoading } from './dashboard/Shell.tsx';
import { DepartureView } from './machine/DepartureView.tsx';
import { MachineView } from './machine/MachineView.tsx';
import { NetworkView } from './machine/NetworkView.tsx';
import { UpdatesView } from './machine/UpdatesView.tsx';
import { type Leave, useDeparture } from './machine/use-departure.ts';

export function MachinePage() {
  const live = useStatus('machine');
  const fragment = useFragment();
  const section = sectionOf(fragment ?? '', 'machine');
  const update = useUpdate(live.status?.kind === 'appliance', section === 'updates');
  const [isNetworkAway, setNetworkAway] = useState(false);
  const departure = useDeparture(live);
  return (
    <Shell
      section={section}
      live={live}
      update={update.answer}
      isAwayExpected={departure.state !== undefined || (isNetworkAway && section === 'network')}
    >
      {departure.state !== undefined ? (
        <DepartureView state={departure.state} name={live.status?.name} />
      ) : (
        <View
          section={section}
          fragment={fragment}
          live={live}
          update={update}
          leave={departure.leave}
          onNetworkAway={setNetworkAway}
        />
      )}
    </Shell>
  );
}

interface ViewProps {
  readonly section: Section;
  readonly fragment: string | undefined;
  readonly live: Live;
  readonly update: Update;
  readonly leave: Leave;
  readonly onNetworkAway: (isAway: boolean) => void;
}

function View({ section, fragment, live, update, leave, onNetworkAway }: ViewProps) {
  // The first drawing is the one in the file and knows no address yet.
  if (fragment === undefined || live.status === undefined) return <ShellLoading />;
  switch (section) {
    case 'updates':
      return <UpdatesView update={update} leave={leave} />;
    case 'machine':
      return <MachineView status={live.status} leave={leave} />;
    default:
      return <NetworkView state={live.status.state} onAway={onNetworkAway} />;
  }
}
