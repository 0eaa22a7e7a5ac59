/** The owner's page of models: what is on its way, what is installed, what this machine could serve. */
import { sectionOf } from '../flow/section.ts';
import { useFragment } from '../flow/use-fragment.ts';
import { useStatus } from '../flow/use-status.ts';
import { useUpdate } from '../flow/use-update.ts';
import { Shell, ShellLoading } from './dashboard/Shell.tsx';
import { ModelsView } from './models/ModelsView.tsx';

export function ModelsPage() {
  const live = useStatus('models');
  const fragment = useFragment();
  const update = useUpdate(live.status?.kind === 'appliance', false);
  return (
    <Shell section={sectionOf(fragment ?? '', 'models')} live={live} update={update.answer}>
      {/* The first drawing is the one in the file and knows no address yet. */}
      {fragment === undefined || live.status === undefined ? (
        <ShellLoading />
      ) : (
        <ModelsView status={live.status} />
      )}
    </Shell>
  );
}
