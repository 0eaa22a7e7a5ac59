/**
 * Opens what the machine keeps in its state folder, each part upon the one before: identity, settings, owner, network,
 * ledger, keys. Part of the composition root; separate from `main.ts`, which makes these serve.
 */
import { join } from 'node:path';
import { localNames, type Sealed } from './appliance/assemble.ts';
import { secretOf } from './claim/label.ts';
import { ClaimService } from './claim/service.ts';
import type { Config } from './config.ts';
import { errorChain } from './errors.ts';
import { openIdentity } from './identity/open.ts';
import { startOfUtcDay } from './keys/budget.ts';
import { dailyBudgets } from './keys/daily-budgets.ts';
import { KeyRing } from './keys/key-ring.ts';
import { NetworkService } from './network/service.ts';
import type { Hotspot } from './network/types.ts';
import { systemClock } from './os/clock.ts';
import type { Log } from './os/log.ts';
import { openStore } from './store/open.ts';
import { openSettings } from './store/settings.ts';
import { slice } from './store/slice.ts';
import { watched } from './store/watched.ts';
import { grantFormat } from './support/grant-file.ts';
import { GrantBook, refusingGrants } from './support/grants.ts';
import { openLedger, type Surroundings } from './surroundings.ts';
import { isOnTrial, whenProven } from './update/disk/trial.ts';

export interface StateSurroundings {
  readonly radio: Surroundings['radio'];
  /** What the factory sealed; `undefined` on a Host. */
  readonly sealed: Sealed | undefined;
  readonly log: Log;
  /** Something that pages show has changed. */
  readonly onChange: () => void;
}

/**
 * Everything is open when this resolves; whoever opened it closes the parts in the order it needs.
 * @throws store_corrupt, store_newer, store_write_failed, ledger_unavailable
 */
export async function openState(config: Config, { radio, sealed, log, onChange }: StateSurroundings) {
  const clock = systemClock;
  const identity = await openIdentity({
    stateFolder: config.stateDir,
    ...(config.credentialsDir === undefined
      ? {}
      : { credentialPath: join(config.credentialsDir, 'identity') }),
    log,
  });
  const nodeId = identity.kind === 'ready' ? identity.identity.nodeId : identity.nodeId;
  const onTrial = config.kind === 'appliance' && (await isOnTrial());
  const settings = await openSettings(config.stateDir, { clock, log, onTrial });
  let ownerChanged = () => {}; // there is no network yet
  const claim = await ClaimService.start({
    store: watched(slice(settings.store, 'claim'), () => {
      ownerChanged();
      onChange();
    }),
    clock,
    log,
    kind: config.kind,
  });
  const network = new NetworkService({
    radio,
    hotspot: hotspotOf(sealed, config),
    store: slice(settings.store, 'network'),
    clock,
    log,
    nextUrl: () => (config.kind === 'appliance' ? `http://${localNames(nodeId)[0]}/` : null),
    owner: () => ({ isClaimed: claim.isClaimed(), isSettled: claim.step(true) === 'done' }),
    onChange,
  });
  ownerChanged = () => network.ownerChanged();
  if (sealed?.label !== undefined) await claim.armWith(secretOf(sealed.label));

  const ledger = await openLedger(config, identity, onTrial, log);
  const proven = (what: string, work: Promise<void>) =>
    work.catch((error: unknown) => log.error(`${what}.not_migrated`, { reason: errorChain(error) }));
  const stopWaiting = onTrial
    ? whenProven(() => {
        void proven('store', settings.prove());
        void proven('receipts', ledger.prove());
      })
    : () => {};
  const keys = new KeyRing({ store: slice(settings.store, 'keys'), clock });
  const budgets = dailyBudgets(keys, () => ledger.usageSince(startOfUtcDay(clock.now())));
  await budgets
    .restore()
    .catch((error: unknown) => log.error('keys.usage_unknown', { reason: errorChain(error) }));
  const grants =
    identity.kind === 'ready'
      ? new GrantBook({
          store: (await openStore({ dir: config.stateDir, name: 'grants', format: grantFormat, clock, log }))
            .store,
          identity: identity.identity,
          claimEpoch: sealed?.label?.claim_epoch,
          clock,
          log,
        })
      : refusingGrants();
  const origins = slice(settings.store, 'origins');
  return { identity, nodeId, settings, claim, origins, network, ledger, keys, budgets, grants, stopWaiting };
}

/** The setup network: its name from the label, its password from the sealed credential. */
function hotspotOf(sealed: Sealed | undefined, config: Config): Hotspot | undefined {
  // For the simulated radio of `make dev` any password is as good.
  if (config.simulated_radio && sealed === undefined)
    return { ssid: 'B3IQ-SIMULATED', password: 'simulated-radio' };
  if (sealed?.label === undefined || sealed.hotspotPassword === undefined) return undefined;
  return { ssid: sealed.label.hotspot_ssid, password: sealed.hotspotPassword };
}
