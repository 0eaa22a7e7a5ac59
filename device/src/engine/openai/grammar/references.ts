/** `$ref` inside one schema: what it points to, and whether it ever arrives anywhere. Separate because a reference that
 *  only refers to itself would make a grammar llama.cpp cannot hold. */

/** What `#`, `#/$defs/Name` or any other local JSON pointer stands for; `undefined` when there is nothing.
 *  @see RFC 6901 */
export function resolveReference(root: unknown, reference: string): unknown {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let here: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (here === null || typeof here !== 'object' || !Object.hasOwn(here, key)) return undefined;
    here = (here as Record<string, unknown>)[key]; // just looked up: an own key of an object
  }
  return here;
}

/** The first reference from which references alone lead back to it, without an object or array between. */
export function findEndlessReference(root: unknown): string | undefined {
  const done = new Set<string>();
  const open = new Set<string>();
  const follow = (reference: string): string | undefined => {
    if (open.has(reference)) return reference;
    if (done.has(reference)) return undefined;
    open.add(reference);
    const endless = firstEndless(resolveReference(root, reference));
    open.delete(reference);
    done.add(reference);
    return endless;
  };
  const firstEndless = (schema: unknown): string | undefined => {
    for (const reference of directReferences(schema)) {
      const endless = follow(reference);
      if (endless !== undefined) return endless;
    }
    return undefined;
  };
  for (const schema of allSchemas(root)) {
    const endless = firstEndless(schema);
    if (endless !== undefined) return endless;
  }
  return undefined;
}

/** Whether a schema has more than `most` values in it, whatever they mean: nothing here may be asked about a larger one. */
export function isLargerThan(root: unknown, most: number): boolean {
  let parts = 0;
  for (const item of allSchemas(root)) {
    parts += Object.keys(item).length;
    if (parts > most) return true;
  }
  return false;
}

function directReferences(schema: unknown): string[] {
  if (schema === null || typeof schema !== 'object') return [];
  if ('$ref' in schema && typeof schema.$ref === 'string') return [schema.$ref];
  return ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) => {
    const parts: unknown = Object.entries(schema).find(([key]) => key === keyword)?.[1];
    return Array.isArray(parts) ? parts.flatMap(directReferences) : [];
  });
}

function* allSchemas(root: unknown): Generator<object> {
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const item = waiting.pop();
    if (item === null || typeof item !== 'object') continue;
    yield item;
    for (const part of Object.values(item)) waiting.push(part);
  }
}
