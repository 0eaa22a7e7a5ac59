/** Claim, sign-in and the owner's account over HTTP. Separate from the service, which knows no cookies. */
import {
  type ClaimAnswer,
  changePasswordRequest,
  claimRequest,
  newRecoveryCodeRequest,
  type RecoveryLinkAnswer,
  recoverRequest,
  type SessionAnswer,
  type SetupTokenAnswer,
  signInRequest,
} from '@b3iq/wire/local-api';
import { CodedError } from '../errors.ts';
import type { Caller } from '../http/caller.ts';
import { clearCookie, readCookies, setCookie } from '../http/cookies.ts';
import type { Handlers } from '../http/handlers.ts';
import type { ClaimService } from './service.ts';
import type { Asker } from './sign-in.ts';

type OwnRoutes =
  | 'POST /api/setup/claim'
  | 'POST /api/setup/token'
  | 'GET /api/session'
  | 'POST /api/session'
  | 'DELETE /api/session'
  | 'POST /api/session/recovery-link'
  | 'POST /api/session/recover'
  | 'POST /api/owner/password'
  | 'POST /api/owner/recovery-code';

/** @param pageUrl  absolute address of a path, such as `http://127.0.0.1:8831/setup/` */
export function claimRoutes(deps: {
  readonly claim: ClaimService;
  readonly pageUrl: (path: string) => string;
}): Handlers<OwnRoutes> {
  const { claim, pageUrl } = deps;
  return {
    async 'POST /api/setup/claim'(request, response, caller) {
      const { ownerName, cookie, recoveryCode } = await claim.claim(claimRequest.parse(request.body), {
        operator: caller.kind === 'operator',
      });
      // In a terminal the code stays on the screen: no page needs to ask whether it was kept.
      if (caller.kind === 'operator') await claim.moveTo('network');
      setCookie(request, response, cookie);
      const answer: ClaimAnswer = { owner: { name: ownerName }, recovery_code: recoveryCode };
      response.status(201).json(answer);
    },
    async 'POST /api/setup/token'(_request, response) {
      const { token, expiresInS } = await claim.mintToken();
      const answer: SetupTokenAnswer = {
        token,
        url: pageUrl(`/setup/#token=${token}`),
        expires_in_s: expiresInS,
      };
      response.json(answer);
    },
    async 'POST /api/session/recovery-link'(_request, response) {
      const code = await claim.mintRecoveryLink();
      const answer: RecoveryLinkAnswer = { url: pageUrl(`/sign-in/#recovery=${code}`) };
      response.json(answer);
    },
    'GET /api/session'(_request, response) {
      const name = claim.ownerName();
      if (name === null) throw new CodedError('node_unclaimed');
      const answer: SessionAnswer = { owner: { name } };
      response.json(answer);
    },
    async 'POST /api/session'(request, response) {
      const { ownerName, cookie } = await claim.signIn(signInRequest.parse(request.body));
      setCookie(request, response, cookie);
      const answer: SessionAnswer = { owner: { name: ownerName } };
      response.json(answer);
    },
    async 'DELETE /api/session'(request, response) {
      for (const cookie of readCookies(request)) {
        const session = claim.session(cookie);
        if (session !== undefined) await claim.signOut(session);
      }
      clearCookie(request, response);
      response.status(204).end();
    },
    async 'POST /api/session/recover'(request, response) {
      const { ownerName, cookie, recoveryCode } = await claim.recover(recoverRequest.parse(request.body));
      setCookie(request, response, cookie);
      const answer: ClaimAnswer = { owner: { name: ownerName }, recovery_code: recoveryCode };
      response.json(answer);
    },
    async 'POST /api/owner/password'(request, response, caller) {
      await claim.changePassword(changePasswordRequest.parse(request.body), askerOf(caller));
      response.status(204).end();
    },
    async 'POST /api/owner/recovery-code'(request, response, caller) {
      const { password } = newRecoveryCodeRequest.parse(request.body);
      const { ownerName, recoveryCode } = await claim.renewRecoveryCode(password, askerOf(caller));
      const answer: ClaimAnswer = { owner: { name: ownerName }, recovery_code: recoveryCode };
      response.json(answer);
    },
  };
}

/** Who asks, as the claim counts tries. */
export function askerOf(caller: Caller): Asker {
  return {
    operator: caller.kind === 'operator',
    sessionSha256: caller.kind === 'owner' ? caller.session.sha256 : undefined,
  };
}
