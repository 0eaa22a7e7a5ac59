/**
 * What warnings say: what happened, what it means, what to do. Pure; separate so that every sentence an owner may read
 * in a bad hour can be read in one sitting.
 */
import type { MachineKind } from '../../errors.ts';
import type { EngineObservation, Words } from './types.ts';

export function heatWords(part: string, celsius: number, isCritical: boolean): Words {
  return {
    title: `${part} is at ${Math.round(celsius)} °C.`,
    meaning: isCritical
      ? 'That is as hot as its maker allows. It slows down to protect itself, and may switch the machine off.'
      : 'That is hotter than is good for it. Answers may come more slowly; if it goes on, parts wear out sooner.',
    action:
      'Give the machine room for air on all sides, remove dust from its openings, and check that its fans turn.',
  };
}

export function throttleWords(name: string, cause: 'heat' | 'power-supply'): Words {
  return cause === 'heat'
    ? {
        title: `The graphics card ${name} slows itself down because of heat.`,
        meaning: 'Answers come more slowly than this machine could give them. Nothing is damaged.',
        action:
          'Give the machine room for air, remove dust from its openings, and check that the card’s fans turn.',
      }
    : {
        title: `The graphics card ${name} is held back by its power supply.`,
        meaning:
          'The supply cannot give what the card asks for. Answers come more slowly, and the machine may switch off under load.',
        action:
          'Switch the machine off and check that every power cable of the card is plugged in fully. If it stays, the power supply is too small or failing.',
      };
}

/** @param days  until it is full if it goes on as it does; undefined when it does not fill steadily */
export function diskWords(freeBytes: number, days: number | undefined, on: MachineKind): Words {
  const gigabytes = freeBytes / 1000 ** 3;
  const left = `${gigabytes.toFixed(gigabytes < 10 ? 1 : 0)} GB`;
  return {
    title:
      days === undefined
        ? `The disk has only ${left} left.`
        : `The disk has ${left} left and fills up: full in about ${daysInWords(days)}.`,
    meaning:
      'When it is full no new model fits, and no answer is given any more, because each needs a receipt on the disk.',
    action:
      on === 'appliance'
        ? 'Remove models that are not used any more.'
        : 'Remove models that are not used any more, or free space on this computer.',
  };
}

function daysInWords(days: number): string {
  const whole = Math.round(days);
  if (whole < 1) return 'less than a day';
  return whole === 1 ? 'a day' : `${whole} days`;
}

export function engineWords(
  { label, isForeign, isCardGone, recentRestarts, reason }: EngineObservation,
  how: 'flapping' | 'failed',
  on: MachineKind,
): Words {
  const why = reason === undefined ? '' : ` ${reason}`;
  const look =
    on === 'appliance'
      ? 'ask for support'
      : 'look at the log and update the graphics driver, if there is one';
  if (isForeign)
    return {
      title:
        how === 'flapping'
          ? `The engine ${label} went away ${recentRestarts} times within a quarter of an hour.`
          : `The engine ${label} does not answer.`,
      meaning: `Its models give no answers while it is away; all others do.${why}`,
      action: 'Look after the computer or program it runs in. It is used again by itself when it is back.',
    };
  if (how === 'failed' && isCardGone)
    return {
      title: `The engine of ${label} has lost its graphics card.`,
      meaning: `It gives no answers until the card is back; everything else goes on.${why}`,
      action:
        'Switch the machine off and on again. If the card stays away, check that it sits firmly and that every power cable of it is plugged in; if it goes again, the card or its power supply is failing.',
    };
  return how === 'flapping'
    ? {
        title: `The engine of ${label} stopped ${recentRestarts} times within a quarter of an hour.`,
        meaning: `It is started again each time, but answers under way break off.${why}`,
        action: `Try a smaller model or a shorter context: too little memory is the usual cause. If it stays, ${look}.`,
      }
    : {
        title: `The engine of ${label} does not start.`,
        meaning: `This model gives no answers.${why}`,
        action: `Remove the model and fetch it again, or use another one. If that fails too, ${look}.`,
      };
}

export function clockWords(how: 'impossible' | 'behind', on: MachineKind): Words {
  const set =
    on === 'appliance'
      ? 'Connect the machine to a network with internet: it then sets its clock by itself. If this comes back after each power cut, its battery is empty.'
      : 'Set this computer’s clock, or let it be set by the network.';
  const meaning =
    'Receipts would carry a wrong date, keys may expire at a wrong time, and secure connections to other machines may fail.';
  return how === 'impossible'
    ? { title: 'The machine’s clock is not set.', meaning, action: set }
    : {
        title: 'The machine’s clock shows a time that has already passed here.',
        meaning,
        action: `${set} If it is right now and was wrong before, this ends by itself within a day.`,
      };
}
