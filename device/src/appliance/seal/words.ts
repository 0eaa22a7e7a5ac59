/** What the person in front of the machine reads about sealing; there is no other place for it to be said. */
import type { Outcome } from './types.ts';

/** One or two plain sentences. Nothing secret: the label's own texts are shown by the console alone. */
export function inWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'sealed':
      return `This machine has given itself a name: ${outcome.shortName}.`;
    case 'sealed-before':
      return 'This machine has its name.';
    case 'damaged':
      return `The record of this machine’s name is damaged (${outcome.missing.join(', ')} missing). It does not take another name by itself. Nothing is lost on the data partition; it needs service.`;
    case 'impossible':
      return outcome.reason === 'no-tpm'
        ? 'This machine has no TPM 2.0 that works, so it has nothing to keep its key safe with. Switch it on in the firmware settings (fTPM, PTT) and start again.'
        : 'This system was started in a way that does not say who may open its secrets. Start it from its own boot menu, with the image as it was released.';
    case 'not-reversible':
      return 'The TPM sealed a key and did not give it back, so nothing was kept. Start again; if it stays so, the TPM is faulty.';
  }
}
