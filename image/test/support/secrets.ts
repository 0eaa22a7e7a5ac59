/**
 * Everything of a machine that must be its own, each as a hash.
 * Separate so that the comparison of two machines names what they share, and prints no secret.
 */
import type { Guest } from '../../vm/guest.ts';
import { readLabel } from './console.ts';

/** What must differ between two machines made from the same bits. */
export async function secretsOf(guest: Guest): Promise<ReadonlyMap<string, string>> {
  const label = await readLabel(guest);
  const header = 'cryptsetup luksDump --dump-json-metadata /dev/disk/by-partlabel/data';
  const told = await guest.must(`
    echo "identity=$(sha256sum </factory/identity.cred)"
    echo "hotspot credential=$(sha256sum </factory/hotspot.cred)"
    echo "label record=$(sha256sum </factory/label.json)"
    echo "machine id=$(cat /etc/machine-id)"
    echo "key sealed to the TPM=$(${header} | grep -o '"tpm2-blob":[^,]*' | sha256sum)"
    echo "LUKS salt=$(${header} | grep -o '"salt":"[^"]*"' | sha256sum)"
    echo "LUKS volume=$(cryptsetup luksUUID /dev/disk/by-partlabel/data)"
    echo "factory file system=$(findmnt --noheadings --output UUID /factory)"
    echo "certificate=$(sha256sum </var/lib/b3iq/tls-own.pem)"
    echo "random seed=$(sha256sum </var/lib/systemd/random-seed)"
  `);
  const nothing = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const lines = told.split('\n').map((line) => {
    const [what = '', secret = ''] = line.replace(/ +-$/, '').split('=');
    // The hash of nothing is no secret.
    return [what, secret === nothing ? '' : secret] as const;
  });
  return new Map([
    ['name', label.name],
    ['hotspot password', label.hotspotPassword],
    ['setup code', label.setupCode],
    ...lines,
  ]);
}
