/** A dialog in two turns: a form, then the secret that came of it, once. Separate so that no secret is closed away by a stray key. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Copy } from './Copy.tsx';
import { Dialog } from './Dialog.tsx';

interface OnceDialogProps<Made> {
  readonly words: OnceWords;
  /** The first turn; calls what it is given when the machine has made it. */
  readonly form: (made: (value: Made) => void) => ComponentChildren;
  /** The second turn. */
  readonly shown: (value: Made) => { readonly title: string; readonly secret: string };
  /** At once when it is made, while the secret is still on screen. */
  readonly onMade: () => void;
  readonly onClose: () => void;
}

interface OnceWords {
  readonly dialog_title: string;
  readonly made_body: string;
  /** What the secret is called. */
  readonly made_secret: string;
  readonly made_copy: string;
  readonly made_done: string;
}

export function OnceDialog<Made>({ words, form, shown, onMade, onClose }: OnceDialogProps<Made>) {
  const [made, setMade] = useState<Made>();
  if (made === undefined)
    return (
      <Dialog key="form" title={words.dialog_title} onClose={onClose}>
        {form((value) => {
          setMade(value);
          onMade();
        })}
      </Dialog>
    );
  const { title, secret } = shown(made);
  return (
    <Dialog key="made" title={<bdi>{title}</bdi>} onClose={onClose} isEasyToClose={false}>
      <p>{words.made_body}</p>
      <Copy text={secret} label={words.made_copy} name={words.made_secret} />
      <div class="actions">
        <button type="button" class="btn wide" onClick={onClose}>
          {words.made_done}
        </button>
      </div>
    </Dialog>
  );
}
