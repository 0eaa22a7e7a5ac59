/** What a name of a key or a tensor may hold. Separate because both formats ask. */

/** Control characters would let two names look the same to a reader that stops at a zero. */
export const hasControls = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
};
