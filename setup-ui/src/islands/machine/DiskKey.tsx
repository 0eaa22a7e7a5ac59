/** The key that opens the disk when the security chip cannot: made once, shown once, after the password. */
import { useState } from 'preact/hooks';
import { makeDiskKey } from '../../api/appliance.ts';
import { Dialog } from '../../parts/Dialog.tsx';
import { PasswordGate } from '../../parts/PasswordGate.tsx';
import { RecoveryCode } from '../../parts/RecoveryCode.tsx';
import { disk_key as text } from '../../strings/en.json';

interface DiskKeyProps {
  /** The machine's name, for the file. */
  readonly name: string;
  readonly isGiven: boolean | undefined;
  readonly onGiven: () => Promise<void>;
}

export function DiskKey({ name, isGiven, onGiven }: DiskKeyProps) {
  const [key, setKey] = useState<string>();
  const done = (): void => {
    setKey(undefined);
    void onGiven();
  };
  return (
    <section class="card panel">
      <h2>
        {text.title} {isGiven === false && <span class="tag warn">{text.not_yet}</span>}
        {isGiven === true && <span class="tag ok">{text.given}</span>}
      </h2>
      <p class="small">{text.body}</p>
      {isGiven === true && <p class="small">{text.again}</p>}
      <PasswordGate
        label={text.password}
        action={isGiven === true ? text.make_again : text.make}
        look="quiet"
        send={makeDiskKey}
        onDone={({ recovery_key }) => setKey(recovery_key)}
      />
      {key !== undefined && (
        <Dialog title={text.heading} onClose={done} isEasyToClose={false}>
          <p class="small">{text.lead}</p>
          <RecoveryCode code={key} words={text} name={name} action={text.done} onKept={done} />
        </Dialog>
      )}
    </section>
  );
}
