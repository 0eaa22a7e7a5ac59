/** What setup and the owner's door ask of the machine. Separate so that a setup page carries nothing of the dashboard. */
import type {
  ClaimAnswer,
  ClaimRequest,
  RecoverRequest,
  SessionAnswer,
  SetupState,
  SetupStep,
  SignInRequest,
} from '@b3iq/wire/local-api';
import { type Answer, call } from './call.ts';

/** A page looks at the machine every few seconds; a look that takes longer than this has found it away. */
const LOOK_MS = 8000;

/** What the machine and its setup look like now. Anyone may ask. */
export const readSetup = (): Promise<Answer<SetupState>> =>
  call('GET', '/api/setup/state', undefined, LOOK_MS);
/** Consumes the secret and creates the owner; the session cookie comes with the answer. */
export const claim = (request: ClaimRequest): Promise<Answer<ClaimAnswer>> =>
  call('POST', '/api/setup/claim', request);
/** Moves setup to `step`; the machine remembers it. */
export const saveStep = (step: SetupStep): Promise<Answer<SetupState>> =>
  call('POST', '/api/setup/progress', { step });

/** Starts a session; the cookie comes with the answer. */
export const signIn = (request: SignInRequest): Promise<Answer<SessionAnswer>> =>
  call('POST', '/api/session', request);
/** Ends this session. */
export const signOut = (): Promise<Answer<void>> => call('DELETE', '/api/session');
/** Sets a new password with the recovery code and gives the next code. */
export const recover = (request: RecoverRequest): Promise<Answer<ClaimAnswer>> =>
  call('POST', '/api/session/recover', request);
/** Replaces the recovery code. */
export const renewRecoveryCode = (password: string): Promise<Answer<ClaimAnswer>> =>
  call('POST', '/api/owner/recovery-code', { password });
/** Changes the password and ends every other session. */
export const changePassword = (password: string, newPassword: string): Promise<Answer<void>> =>
  call('POST', '/api/owner/password', { password, new_password: newPassword });
