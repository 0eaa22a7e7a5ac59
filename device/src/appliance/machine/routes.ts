/** The appliance over HTTP: updates, certificate, power, reset. Separate because on a Host every one of them is refused. */
import {
  certificateRequest,
  type DiskRecoveryKeyAnswer,
  diskRecoveryKeyRequest,
  factoryResetRequest,
  powerRequest,
  updateSettingsRequest,
} from '@b3iq/wire/local-api';
import { askerOf } from '../../claim/routes.ts';
import type { ClaimService } from '../../claim/service.ts';
import { CodedError } from '../../errors.ts';
import type { Handlers } from '../../http/handlers.ts';
import type { Appliance } from './port.ts';

type OwnRoutes =
  | 'GET /api/appliance'
  | 'POST /api/self-test'
  | 'GET /api/update'
  | 'POST /api/update/check'
  | 'POST /api/update/install'
  | 'POST /api/update/restart'
  | 'POST /api/update/settings'
  | 'POST /api/factory-reset'
  | 'POST /api/power'
  | 'POST /api/disk-recovery-key'
  | 'GET /api/certificate'
  | 'PUT /api/certificate'
  | 'DELETE /api/certificate';

/** @param deps.appliance  `undefined` on a Host: every route then answers 501 `appliance_only` */
export function applianceRoutes(deps: {
  readonly claim: ClaimService;
  readonly appliance: Appliance | undefined;
}): Handlers<OwnRoutes> {
  const { claim } = deps;
  const part = <K extends keyof Appliance>(name: K): Appliance[K] => {
    if (deps.appliance === undefined) throw new CodedError('appliance_only');
    return deps.appliance[name];
  };
  return {
    async 'GET /api/appliance'(_request, response) {
      response.json(await part('box').facts());
    },
    async 'POST /api/self-test'(_request, response) {
      await part('selfTest')();
      response.json({ ok: true });
    },
    async 'GET /api/update'(_request, response) {
      response.json(await part('updates').answer());
    },
    async 'POST /api/update/check'(_request, response) {
      const updates = part('updates');
      await updates.check();
      response.status(202).json(await updates.answer());
    },
    async 'POST /api/update/install'(_request, response) {
      const updates = part('updates');
      await updates.install();
      response.status(202).json(await updates.answer());
    },
    async 'POST /api/update/restart'(_request, response) {
      const updates = part('updates');
      await updates.restart();
      response.status(202).json(await updates.answer());
    },
    async 'POST /api/update/settings'(request, response) {
      const updates = part('updates');
      await updates.change(updateSettingsRequest.parse(request.body));
      response.json(await updates.answer());
    },
    async 'POST /api/factory-reset'(request, response, caller) {
      const box = part('box');
      await claim.provePassword(factoryResetRequest.parse(request.body).password, askerOf(caller));
      await box.factoryReset();
      response.status(202).end();
    },
    async 'POST /api/power'(request, response) {
      const box = part('box');
      await box.power(powerRequest.parse(request.body).action);
      response.status(202).end();
    },
    async 'POST /api/disk-recovery-key'(request, response, caller) {
      const box = part('box');
      await claim.provePassword(diskRecoveryKeyRequest.parse(request.body).password, askerOf(caller));
      const answer: DiskRecoveryKeyAnswer = { recovery_key: await box.diskRecoveryKey() };
      response.status(201).json(answer);
    },
    'GET /api/certificate'(_request, response) {
      response.json(part('certificates').answer());
    },
    async 'PUT /api/certificate'(request, response) {
      const certificates = part('certificates');
      await certificates.install(certificateRequest.parse(request.body));
      response.json(certificates.answer());
    },
    async 'DELETE /api/certificate'(_request, response) {
      const certificates = part('certificates');
      await certificates.remove();
      response.json(certificates.answer());
    },
  };
}
