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
    here = Object.entries(here).find(([name]) => name === key)?.[1];
  }
  return here;
}

/** The first reference from which references alone lead back to it, without an object or array between. */
export function findEndlessReference(root: unknown): string | undefined {
  const done = new Set<string>();
  const follow = (schema: unknown, chain: readonly string[]): string | undefined => {
    for (const reference of directReferences(schema)) {
      if (chain.includes(reference)) return reference;
      if (done.has(reference)) continue;
      const endless = follow(resolveReference(root, reference), [...chain, reference]);
      if (endless !== undefined) return endless;
      done.add(reference);
    }
    return undefined;
  };
  for (const schema of allSchemas(root)) {
    const endless = follow(schema, []);
    if (endless !== undefined) return endless;
  }
  return undefined;
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
    waiting.push(...Object.values(item));
  }
}
