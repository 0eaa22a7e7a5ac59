/** A sentence from the string file with elements in its gaps. Separate because names from outside need `<bdi>` around them. */
import type { ComponentChildren } from 'preact';

/** @param text  sentence with `{name}` gaps   @param values  what stands in each gap */
export function Fill({
  text,
  values,
}: {
  readonly text: string;
  readonly values: Readonly<Record<string, ComponentChildren>>;
}) {
  return (
    <>{text.split(/(\{[\w-]+\})/).map((part) => (part.startsWith('{') ? values[part.slice(1, -1)] : part))}</>
  );
}
