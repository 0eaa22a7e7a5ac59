/** Password, and for a hidden network its name: all it takes to join. Separate because two places in the list open it. */
import type { JoinRequest, WifiNetwork } from '@b3iq/wire/local-api';
import { useRef, useState } from 'preact/hooks';
import { ssidToHex, tameName } from '../../flow/parse.ts';
import { Field, focusFirstError, PasswordField } from '../../parts/Field.tsx';
import { Fill } from '../../parts/Fill.tsx';
import { network as text } from '../../strings/en.json';

/** @see IEEE 802.11, passphrase of 8 to 63 characters */
const PASSWORD_MIN = 8;

interface JoinFormProps {
  /** Undefined for a network that does not say its name. */
  readonly network: WifiNetwork | undefined;
  readonly onJoin: (request: JoinRequest) => void;
}

export function JoinForm({ network, onJoin }: JoinFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [errors, setErrors] = useState<{ readonly name?: string; readonly password?: string }>({});
  const isHidden = network === undefined;
  const needsPassword = network?.security === 'wpa2' || network?.security === 'wpa3';
  const submit = (event: Event): void => {
    event.preventDefault();
    const ssidHex = network?.ssid_hex ?? ssidToHex(name);
    const isShort = password.length < PASSWORD_MIN && (needsPassword || password !== '');
    if (ssidHex === undefined || isShort) {
      setErrors({
        ...(ssidHex === undefined && { name: text.hidden_error }),
        ...(isShort && { password: text.password_error }),
      });
      focusFirstError(form.current);
      return;
    }
    onJoin({
      ssid_hex: ssidHex,
      ...(password !== '' && { password }),
      ...(isHidden && { hidden: true }),
    });
  };
  return (
    <form ref={form} class="net-form" noValidate onSubmit={submit}>
      {isHidden && (
        <Field
          label={text.hidden_name}
          hint={text.hidden_name_hint}
          value={name}
          onValue={setName}
          error={errors.name}
          maxLength={32}
        />
      )}
      {(isHidden || needsPassword) && (
        <PasswordField
          label={text.password}
          {...(isHidden && { hint: text.password_optional })}
          value={password}
          onValue={setPassword}
          error={errors.password}
          maxLength={63}
        />
      )}
      <button type="submit" class="btn wide">
        <span>
          {isHidden ? (
            text.join_hidden
          ) : (
            <Fill text={text.join} values={{ ssid: <bdi>{tameName(network.ssid)}</bdi> }} />
          )}
        </span>
      </button>
    </form>
  );
}
