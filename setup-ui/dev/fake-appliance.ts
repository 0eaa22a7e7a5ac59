/** The preview's update, certificate, disk key, power and reset. It writes nothing and restarts nothing. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ApplianceAnswer, CertificateAnswer, UpdateAnswer } from '@b3iq/wire/local-api';
import type { FakeMachine } from './fake-machine.ts';
import { askPassword, type Routes, refuse, sendJson } from './fake-route.ts';

const OWN: CertificateAnswer = {
  kind: 'own',
  fingerprint_sha256: Array.from({ length: 32 }, (_, index) =>
    ((index * 37 + 161) % 256).toString(16).padStart(2, '0').toUpperCase(),
  ).join(':'),
  not_after: '2036-11-02T08:00:00.000Z',
  names: ['b3iq-n7k4.local', '192.168.1.20'],
};

export const NEWER: NonNullable<UpdateAnswer['available']> = {
  version: '13',
  from: 'url',
  size_bytes: 386_400_000,
  released_at: '2026-11-09T09:00:00.000Z',
  notes:
    'Answers start up to 20 % sooner on RTX 5090.\nWi-Fi 7 adapters of two more makers work.\nA security fix in the kernel (CVE-2026-41922).',
};

/** What only an appliance has. */
export class FakeAppliance {
  facts: ApplianceAnswer = {
    sealed_by: 'self',
    secure_boot: true,
    disk_encrypted: true,
    recovery_key_given: false,
    local_url: 'http://b3iq-n7k4.local/',
    addresses: ['192.168.1.20', 'fd12:3456:789a::20'],
  };
  certificate: CertificateAnswer = OWN;
  update: UpdateAnswer = {
    current: { version: '12', released_at: '2026-10-03T09:00:00.000Z' },
    previous: { version: '11' },
    available: null,
    state: { kind: 'idle' },
    last: { version: '12', at: '2026-10-05T03:12:00.000Z', outcome: 'installed', reason: null },
    automatic: true,
    postponed_until: null,
    support_until: '2031-11-30',
    source_url: 'https://updates.b3iq.example/',
  };
}

export const APPLIANCE_ROUTES: Routes = {
  'GET /api/appliance': ({ appliance }, _body, response) => sendJson(response, 200, appliance.facts),
  'GET /api/update': ({ appliance }, _body, response) => sendJson(response, 200, appliance.update),
  'POST /api/update/check': (machine, _body, response) => {
    const { appliance } = machine;
    appliance.update = { ...appliance.update, state: { kind: 'checking' } };
    void pause(1500).then(() => {
      appliance.update = { ...appliance.update, available: NEWER, state: { kind: 'idle' } };
    });
    sendJson(response, 202, appliance.update);
  },
  'POST /api/update/install': (machine, _body, response) => {
    void playInstall(machine);
    sendJson(response, 202, machine.appliance.update);
  },
  'POST /api/update/restart': (machine, _body, response) => {
    sendJson(response, 202, {});
    const { appliance } = machine;
    const { state } = appliance.update;
    const version = state.kind === 'ready' ? state.version : appliance.update.current.version;
    void playRestart(machine).then(() => {
      appliance.update = {
        ...appliance.update,
        available: null,
        previous: { version: appliance.update.current.version },
        current: { version, released_at: NEWER.released_at },
        state: { kind: 'idle' },
        last: { version, at: new Date().toISOString(), outcome: 'installed', reason: null },
      };
    });
  },
  'POST /api/update/settings': ({ appliance }, body, response) => {
    const days = typeof body.postpone_days === 'number' ? body.postpone_days : undefined;
    const until = days === undefined || days === 0 ? null : new Date(Date.now() + days * 86_400_000);
    appliance.update = {
      ...appliance.update,
      automatic: typeof body.automatic === 'boolean' ? body.automatic : appliance.update.automatic,
      postponed_until: days === undefined ? appliance.update.postponed_until : (until?.toISOString() ?? null),
    };
    sendJson(response, 200, appliance.update);
  },
  'GET /api/certificate': ({ appliance }, _body, response) => sendJson(response, 200, appliance.certificate),
  'PUT /api/certificate': ({ appliance }, body, response) => {
    if (!String(body.certificate_pem).includes('BEGIN CERTIFICATE'))
      return refuse(
        response,
        422,
        'certificate_refused',
        'The certificate was not accepted',
        'The text holds no certificate in PEM form. Nothing was changed.',
      );
    appliance.certificate = {
      ...OWN,
      kind: 'installed',
      not_after: '2027-02-01T00:00:00.000Z',
      names: ['ai.example.com'],
    };
    return sendJson(response, 200, appliance.certificate);
  },
  'DELETE /api/certificate': ({ appliance }, _body, response) => {
    appliance.certificate = OWN;
    sendJson(response, 200, appliance.certificate);
  },
  'POST /api/disk-recovery-key': ({ appliance }, body, response) => {
    if (!askPassword(body, response)) return;
    appliance.facts = { ...appliance.facts, recovery_key_given: true };
    const recovery_key = 'cbdefghi-jklnrtuv-cdefbghk-rtuvijln-hgfedcbk-lnrtuvij-bcdefghi-vutrnlkj';
    sendJson(response, 201, { recovery_key });
  },
  'POST /api/power': (machine, body, response) => {
    sendJson(response, 202, undefined);
    void (body.action === 'restart' ? playRestart(machine) : switchOff(machine));
  },
  'POST /api/factory-reset': (machine, body, response) => {
    if (!askPassword(body, response)) return;
    sendJson(response, 202, undefined);
    void switchOff(machine);
  },
};

async function playInstall({ appliance, airTimes }: FakeMachine): Promise<void> {
  const { version, size_bytes: total } = appliance.update.available ?? NEWER;
  for (const phase of ['downloading', 'verifying', 'writing'] as const)
    for (let part = 0; part <= 10; part += 1) {
      appliance.update = {
        ...appliance.update,
        state: {
          kind: 'installing',
          version,
          phase,
          done_bytes: Math.round((total * part) / 10),
          total_bytes: total,
          left_s: part === 0 ? null : (10 - part) * 2,
        },
      };
      await pause(airTimes.phase / 25);
    }
  appliance.update = { ...appliance.update, state: { kind: 'ready', version } };
}

/** Gone for a moment, for everybody. */
async function playRestart(machine: FakeMachine): Promise<void> {
  await pause(machine.airTimes.phase / 4);
  machine.isOff = true;
  await pause(machine.airTimes.away);
  machine.isOff = false;
}

async function switchOff(machine: FakeMachine): Promise<void> {
  await pause(machine.airTimes.phase / 4);
  machine.isOff = true;
}
