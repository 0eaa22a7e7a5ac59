/** A new password while it is typed: its two fields and what is wrong with them. Used in three forms. */
import { useState } from 'preact/hooks';
import { judgeNewPassword } from '../flow/judge.ts';
import { claim as text } from '../strings/en.json';
import type { FieldErrors } from './use-form.ts';

export interface NewPasswordState {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly again: string;
  readonly onAgain: (value: string) => void;
  /** While it is shown there is no second field. */
  readonly isShown: boolean;
  readonly onShown: (isShown: boolean) => void;
  readonly judge: () => FieldErrors<'password' | 'again'>;
  readonly clear: () => void;
}

export function useNewPassword(): NewPasswordState {
  const [value, onValue] = useState('');
  const [again, onAgain] = useState('');
  const [isShown, onShown] = useState(false);
  return {
    value,
    onValue,
    again,
    onAgain,
    isShown,
    onShown,
    judge: () => {
      const fault = judgeNewPassword({ password: value, again, isShown });
      return {
        password: fault.password && text[fault.password],
        again: fault.again && text[fault.again],
      };
    },
    clear: () => {
      onValue('');
      onAgain('');
    },
  };
}
