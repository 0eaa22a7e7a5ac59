/** A kernel image that is not ours, laid where ours lie by somebody who got that far: the firmware does not start it. */
import { describe, expect, it } from 'vitest';
import { until } from '../../vm/until.ts';
import { done, guestIn, machines } from '../support/prepared.ts';

machines('each test its own');

describe.each([
  ['with one byte changed', 'printf X | dd of=$false bs=1 seek=20000000 conv=notrunc status=none'],
  ['without a signature', 'sbattach --remove $false'],
])('a kernel image %s', (_, spoil) => {
  it('is refused before one instruction of it runs', async () => {
    const guest = await guestIn('unclaimed');
    // The highest version is what the boot loader takes first.
    await guest.must(`true=$(ls /boot/EFI/Linux/b3iq_*.efi); false=/boot/EFI/Linux/b3iq_9.efi
      cp $true $false; ${spoil}; ! cmp --silent $true $false; sync`);
    const before = guest.console.mark();
    const restarted = guest.untilRestart();
    await guest.run('systemctl --no-block reboot').catch(() => undefined);
    await restarted;
    const said = () => guest.console.text.slice(before);
    await until('the refusal', () => /b3iq_9\.efi.*Access denied|Security Violation/is.test(said()), {
      timeoutMs: guest.limits.bootMs,
    });
    await expect(guest.untilShell(10_000), 'nobody home').rejects.toThrow();
    await done(guest);
  });
});
