/** Wakes a page up: the island takes over the very markup it was drawn with. Separate so that every page does it alike. */
import { type ComponentType, h, hydrate } from 'preact';

/** @param Island  the component the page was rendered with; its first render must not depend on the browser */
export function mount(Island: ComponentType): void {
  const root = document.getElementById('page');
  if (root !== null) hydrate(h(Island, {}), root);
}
