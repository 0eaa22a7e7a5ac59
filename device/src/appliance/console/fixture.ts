/** What the screen of one fresh machine is told; for tests. */
import type { Display } from './display.ts';
import type { LabelSecrets } from './plan.ts';

export const secrets: LabelSecrets = { claim_secret: 'N7K42QRS', hotspot_password: 'abcdefghjkmn' };

export const display: Display = {
  version: 1,
  name: 'B3IQ-N7K4',
  state: 'unclaimed',
  sealed_by: 'self',
  addresses: [],
  hotspot_address: '10.42.0.1',
  fingerprint_sha256: Array.from({ length: 32 }, (_, i) =>
    (i * 7).toString(16).padStart(2, '0').toUpperCase(),
  ).join(':'),
};
