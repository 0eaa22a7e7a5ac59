/** A page's or view's one heading; takes the focus when the view changes. Separate so that every view does it alike. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** @param children  the question or title   @param takesFocus  also takes it away from what is focused, after a change of view */
export function Heading({
  children,
  takesFocus = false,
}: {
  readonly children: ComponentChildren;
  readonly takesFocus?: boolean;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // On a fresh page nothing has the focus yet; whoever already types is left alone.
    if (takesFocus || document.activeElement === document.body || document.activeElement === null)
      heading.current?.focus({ preventScroll: !takesFocus });
  }, [takesFocus]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
