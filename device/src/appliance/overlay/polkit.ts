/** Runs the image's polkit rules as polkitd does, so that a test can ask them anything. @see polkit(8), AUTHORIZATION RULES */
import { createContext, runInContext } from 'node:vm';
import { textOf } from './files.ts';

export interface Question {
  readonly action: string;
  readonly user: string;
  /** What the asking program says of the action, such as `{ unit, verb }`. */
  readonly details?: Readonly<Record<string, string>>;
}
export type Answer = 'yes' | 'no' | 'not_handled';

type Rule = (
  action: { readonly id: string; lookup(key: string): string | undefined },
  subject: { readonly user: string; isInGroup(name: string): boolean; readonly active: boolean },
) => Answer | undefined;

/** What the rules in `path` say; the first rule that says anything decides. */
export function polkitRules(path: string): (question: Question) => Answer {
  const rules: Rule[] = [];
  const polkit = {
    addRule: (rule: Rule) => rules.push(rule),
    Result: { YES: 'yes', NO: 'no', NOT_HANDLED: 'not_handled' },
    log: () => {},
  };
  runInContext(textOf(path), createContext({ polkit }), { filename: path });
  return ({ action, user, details = {} }) => {
    for (const rule of rules) {
      const answer = rule(
        { id: action, lookup: (key) => (Object.hasOwn(details, key) ? details[key] : undefined) },
        { user, isInGroup: () => true, active: true },
      );
      if (answer !== undefined && answer !== 'not_handled') return answer;
    }
    return 'not_handled';
  };
}
