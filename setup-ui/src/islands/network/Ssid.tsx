/** A network's name as strangers chose it: shown as text, isolated so that it cannot turn a sentence around. */
import { tameName } from '../../flow/parse.ts';
import { network as text } from '../../strings/en.json';

/** @param isQuoted  in quotes, for use inside a sentence */
export function Ssid({ name, isQuoted = false }: { readonly name: string; readonly isQuoted?: boolean }) {
  const tame = tameName(name);
  if (tame.trim() === '') return <bdi>{text.unnamed}</bdi>;
  return <bdi>{isQuoted ? `“${tame}”` : tame}</bdi>;
}
