/**
 * Seals with systemd-creds: to the TPM's storage key, and to whoever our signing key says may open it (PCR 11). To no
 * literal PCR, which firmware updates change, and not to the data partition's key, which a factory reset destroys.
 * @see systemd-creds(1)
 */
import { existsSync } from 'node:fs';
import { execa } from 'execa';
import { CodedError } from '../../errors.ts';
import type { Sealer } from './port.ts';

/** The public half of that key, as the image's own boot stub hands it on. @see systemd-stub(7) */
const PUBLIC_KEY = '/run/systemd/tpm2-pcr-public-key.pem';
/** A TPM on a slow bus takes seconds; one that hangs must not hold up the start for ever. */
const TIMEOUT_MS = 90_000;

export interface SystemdCredsOptions {
  readonly program?: string;
  readonly publicKey?: string;
  /** Where the kernel shows a TPM 2.0 that may be shared. */
  readonly device?: string;
}

/** @param options  for tests; the machine's own when left out */
export function systemdCreds(options: SystemdCredsOptions = {}): Sealer {
  const { program = 'systemd-creds', publicKey = PUBLIC_KEY, device = '/dev/tpmrm0' } = options;
  /** The secret goes in and out by pipe: never an argument, never a file. */
  const run = async (step: string, args: readonly string[], input: string): Promise<string> => {
    const result = await execa(program, [...args, '-', '-'], {
      input,
      timeout: TIMEOUT_MS,
      reject: false,
      stripFinalNewline: false,
    });
    if (result.failed)
      throw new CodedError('appliance_step_failed', `systemd-creds could not ${step}.`, {
        // Its own words, such as what the TPM said; they hold no secret.
        cause: new Error(result.stderr.trim().slice(-500) || result.shortMessage),
      });
    return result.stdout;
  };
  return {
    async readiness() {
      if (!existsSync(device)) return 'no-tpm';
      return existsSync(publicKey) ? 'ready' : 'no-policy';
    },
    seal: (name, secret) =>
      run(
        'seal',
        [
          'encrypt',
          `--name=${name}`,
          '--with-key=tpm2-with-public-key',
          '--tpm2-pcrs=',
          `--tpm2-public-key=${publicKey}`,
          '--tpm2-public-key-pcrs=11',
        ],
        secret,
      ),
    open: (name, credential) => run('open what it sealed', ['decrypt', `--name=${name}`], credential),
  };
}
