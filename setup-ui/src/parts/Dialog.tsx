/** A modal on the platform's own `<dialog>`: focus kept inside, Escape closes, focus given back. */
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { common } from '../strings/en.json';
import { Icon } from './Icon.tsx';

interface DialogProps {
  readonly title: ComponentChildren;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** False while something shown once is in it: then only its own button closes it. */
  readonly isEasyToClose?: boolean;
}

export function Dialog({ title, onClose, children, isEasyToClose = true }: DialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    // The title first: the browser would choose the close button.
    dialog.current?.querySelector('h2')?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (isEasyToClose) onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        {isEasyToClose && (
          <button type="button" class="icon-btn" aria-label={common.close} onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </div>
      <div class="dialog-body">{children}</div>
    </dialog>
  );
}
