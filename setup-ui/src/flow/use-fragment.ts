/** The section on screen, by the address's fragment. Separate because both of the owner's pages follow it alike. */
import { useEffect, useState } from 'preact/hooks';

/** The fragment; undefined until the page is awake. The skip link's own fragment is no section. */
export function useFragment(): string | undefined {
  const [fragment, setFragment] = useState<string>();
  useEffect(() => {
    const read = (): void =>
      setFragment((before) =>
        window.location.hash === '#content' && before ? before : window.location.hash,
      );
    read();
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  return fragment;
}
