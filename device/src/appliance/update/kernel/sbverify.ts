/** The firmware's question, asked before it is too late: is this kernel image signed for our Secure Boot key? */
import { execa } from 'execa';
import type { KernelSignature } from '../port.ts';

/**
 * By `sbverify` against the image's own certificate, the one the firmware was given at first start.
 * @param certificate  path of a PEM file      @see sbverify(1)
 */
export function sbverify(certificate: string, program = 'sbverify'): KernelSignature {
  return {
    async isAccepted(path) {
      const { exitCode } = await execa(program, ['--cert', certificate, path], {
        stdin: 'ignore',
        stdout: 'ignore',
        stderr: 'ignore',
        timeout: 120_000,
        reject: false,
      });
      return exitCode === 0; // also when it could not be asked: an unproven kernel is not written
    },
  };
}
