/** Puts `GET /api/setup/state` together. Separate because claim, network and hardware each know only their part. */
import type { HardwareScan, ModelSummary, NodeState, SetupState } from '@b3iq/wire/local-api';
import type { ClaimService } from '../claim/service.ts';

/** Where each fact comes from. */
export interface SetupSources {
  readonly name: string;
  readonly nodeId: string;
  readonly kind: SetupState['kind'];
  readonly claim: ClaimService;
  readonly state: () => NodeState;
  readonly networkStep: boolean;
  readonly hardware: () => Promise<HardwareScan>;
  readonly models: () => readonly ModelSummary[];
  readonly notice: () => string | null;
}

/** Nothing secret: anyone who reaches the page may read it. */
export async function readSetupState(from: SetupSources, signedIn: boolean): Promise<SetupState> {
  const { claim } = from;
  const hardware = await from.hardware();
  const { triesLeft, lockedForS } = claim.claimStanding();
  return {
    name: from.name,
    node_id: from.nodeId,
    kind: from.kind,
    state: from.state(),
    step: claim.step(from.networkStep),
    secret_kind: claim.secretKind() ?? (from.kind === 'host' ? 'token' : 'label'),
    tries_left: triesLeft,
    locked_for_s: lockedForS,
    network_step: from.networkStep,
    signed_in: signedIn,
    hardware,
    model: from.models()[0] ?? null,
    notice: from.notice(),
  };
}
