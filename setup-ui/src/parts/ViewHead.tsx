/** A section's heading, its one sentence and its one action. Takes the focus when the section changes. */
import type { ComponentChildren } from 'preact';
import { Heading } from './Heading.tsx';

interface ViewHeadProps {
  readonly title: string;
  readonly lead: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** Whether a section was drawn before: the first one does not take the focus, later ones do. */
let hasDrawn = false;

export function ViewHead({ title, lead, children }: ViewHeadProps) {
  const takesFocus = hasDrawn;
  hasDrawn = true;
  return (
    <header class="head">
      <div>
        <Heading takesFocus={takesFocus}>{title}</Heading>
        <p class="lead">{lead}</p>
      </div>
      {children}
    </header>
  );
}
