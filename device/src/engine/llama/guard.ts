/**
 * Keeps what people write from becoming what steers the model. A template joins both into one text; control tokens in
 * that text must come from the template alone. Separate and pure because it is a security boundary.
 *
 * How: before rendering, a secret mark is set into every control token's name that stands in a client's text, and
 * behind every beginning of one at the text's end, which joining could complete. After rendering, the text is cut at
 * the marks, and each piece is tokenized by itself: no piece holds a control token that a client wrote. Text without
 * such names is untouched, so that its tokens are exactly the template's.
 */

export interface Guard {
  /** The same value with every string in it, keys too, made harmless. */
  protect<T>(value: T): T;
  /** Rendered text in pieces, at least one, to be tokenized one by one. */
  pieces(rendered: string): string[];
}

/**
 * @param controls  names of the control tokens, such as `<|im_end|>`
 * @param mark      text that no client can guess and no template contains
 */
export function createGuard(controls: readonly string[], mark: string): Guard {
  const names = controls.filter((name) => name.length > 1);
  // A beginning such as `<` is cheap to guard; one like `a` would put marks into words that templates compare.
  const marked = names.filter((name) => !/^[A-Za-z0-9]/.test(name));
  const protectText = (text: string): string => {
    let safe = text;
    for (const name of names)
      if (safe.includes(name)) safe = safe.replaceAll(name, name.slice(0, 1) + mark + name.slice(1));
    // Templates trim; white space after a beginning is no protection.
    const end = safe.trimEnd();
    const isOpenEnded = marked.some((name) => endsInBeginning(end, name));
    return isOpenEnded ? end + mark + safe.slice(end.length) : safe;
  };
  const protect = (value: unknown): unknown => {
    if (typeof value === 'string') return protectText(value);
    if (Array.isArray(value)) return value.map(protect);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [protectText(key), protect(item)]));
  };
  return {
    protect: <T>(value: T) => protect(value) as T, // same shape: only strings inside it changed
    pieces: (rendered) => rendered.split(mark).filter((piece, at) => piece !== '' || at === 0),
  };
}

function endsInBeginning(text: string, name: string): boolean {
  for (let length = Math.min(name.length - 1, text.length); length > 0; length--)
    if (name.startsWith(text.slice(-length))) return true;
  return false;
}
