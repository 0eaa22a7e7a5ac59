/** What only an appliance can do: update, certificate, disk key, power, reset. Separate so that a Host's pages carry none of it. */
import type {
  ApplianceAnswer,
  CertificateAnswer,
  CertificateRequest,
  DiskRecoveryKeyAnswer,
  PowerRequest,
  UpdateAnswer,
  UpdateSettingsRequest,
} from '@b3iq/wire/local-api';
import { type Answer, call } from './call.ts';

/** The facts of this box. */
export const readAppliance = (): Promise<Answer<ApplianceAnswer>> => call('GET', '/api/appliance');

/** Versions here and to be had, and how an update is going. */
export const readUpdate = (): Promise<Answer<UpdateAnswer>> => call('GET', '/api/update');
/** Looks for a newer version at the address and on a USB stick. */
export const checkUpdate = (): Promise<Answer<UpdateAnswer>> => call('POST', '/api/update/check', {});
/** Installs the version that was found, beside the one that runs. */
export const installUpdate = (): Promise<Answer<UpdateAnswer>> => call('POST', '/api/update/install', {});
/** Restarts into the version that is installed. */
export const restartIntoUpdate = (): Promise<Answer<unknown>> => call('POST', '/api/update/restart', {});
/** Changes when updates are installed. */
export const saveUpdateSettings = (change: UpdateSettingsRequest): Promise<Answer<UpdateAnswer>> =>
  call('POST', '/api/update/settings', change);

/** The certificate `https` shows. */
export const readCertificate = (): Promise<Answer<CertificateAnswer>> => call('GET', '/api/certificate');
/** Installs the owner's own. */
export const installCertificate = (request: CertificateRequest): Promise<Answer<CertificateAnswer>> =>
  call('PUT', '/api/certificate', request);
/** Goes back to the machine's own. */
export const removeCertificate = (): Promise<Answer<CertificateAnswer>> => call('DELETE', '/api/certificate');

/** Makes a key that opens the disk; it is in this answer and nowhere else. */
export const makeDiskKey = (password: string): Promise<Answer<DiskRecoveryKeyAnswer>> =>
  call('POST', '/api/disk-recovery-key', { password });
/** Restarts, or switches off. */
export const power = (action: PowerRequest['action']): Promise<Answer<void>> =>
  call('POST', '/api/power', { action });
/** Empties the machine and restarts it. */
export const factoryReset = (password: string): Promise<Answer<void>> =>
  call('POST', '/api/factory-reset', { password });
