/**
 * Which addresses models may come from. Separate because it is the rule a reviewer looks for, and each redirect is held to it.
 *
 * The rule: only the owner names an address, and it is https, without a name or password in it. An address in the owner's own
 * network is the owner's choice and allowed. A redirect keeps to https, is followed at most five times, and carries nothing of
 * the owner's along. http is for tests: to loopback, and only where the configuration says so.
 */

export type AddressVerdict =
  | { readonly kind: 'allowed'; readonly url: URL }
  | { readonly kind: 'refused'; readonly why: string };

/** Loopback as it stands in a URL. */
const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** @param text  hostile @param options.isLoopbackAllowed  whether plain http to this computer itself will do */
export function judgeAddress(
  text: string,
  { isLoopbackAllowed }: { readonly isLoopbackAllowed: boolean },
): AddressVerdict {
  const url = text.length > 2_000 ? null : URL.parse(text);
  if (url === null)
    return {
      kind: 'refused',
      why: 'That is not an address. Expected one such as https://example.com/model.gguf.',
    };
  if (url.username !== '' || url.password !== '')
    return {
      kind: 'refused',
      why: 'The address holds a name or a password, which would be kept and sent. Use an address without.',
    };
  const isTest = isLoopbackAllowed && url.protocol === 'http:' && LOOPBACK.has(url.hostname);
  if (url.protocol !== 'https:' && !isTest)
    return {
      kind: 'refused',
      why: 'Models are fetched over https only, so that nobody changes them on the way.',
    };
  url.hash = '';
  return { kind: 'allowed', url };
}
