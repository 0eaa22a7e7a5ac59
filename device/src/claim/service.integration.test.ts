import { describe, expect, it, onTestFinished } from 'vitest';
import { FakeClock } from '../os/clock.ts';
import { memoryLog } from '../os/log.ts';
import { type MemoryStore, memoryStore } from '../store/fake.ts';
import { hashPassword, hashSecret, isPassword, PASSWORD_COST } from './secrets.ts';
import { ClaimService } from './service.ts';
import { type ClaimSlice, claimSlice, noClaim } from './types.ts';

const ada = { name: 'Ada', password: 'correct horse battery' };
/** Enough for what is proven here; the real cost has a test of its own, and the real claim in `crash`. */
const CHEAP = { memoryKib: 64, passes: 1, parallelism: 1 };
const wrongToken = 'w'.repeat(43);

async function start(
  store: MemoryStore<ClaimSlice> = memoryStore<ClaimSlice>(noClaim, claimSlice),
  clock = new FakeClock(),
) {
  const log = memoryLog();
  const service = await ClaimService.start({ store, clock, log, passwordCost: CHEAP });
  onTestFinished(() => service.close());
  return { service, store, clock, log };
}
async function claimed() {
  const parts = await start();
  const { token } = await parts.service.mintToken();
  const owner = await parts.service.claim({ secret: token, owner: ada });
  return { ...parts, token, owner };
}
const code = (expected: string) => expect.objectContaining({ code: expected });
/** Uses up all claim tries. */
async function lock(service: ClaimService) {
  for (let i = 0; i < 5; i++)
    await expect(service.claim({ secret: wrongToken, owner: ada })).rejects.toEqual(
      code('claim_secret_wrong'),
    );
}

describe('the claim', () => {
  it('makes the bearer of the token the owner, once', async () => {
    const { service, token, owner, store } = await claimed();
    expect(owner).toMatchObject({
      ownerName: 'Ada',
      recoveryCode: expect.stringMatching(/^([0-9A-Z]{4}-){5}[0-9A-Z]{4}$/),
    });
    expect(service.session(owner.cookie)?.ownerName).toBe('Ada');
    expect(store.read().secret).toBeNull();
    await expect(service.claim({ secret: token, owner: ada })).rejects.toEqual(code('already_claimed'));
    await expect(service.mintToken()).rejects.toEqual(code('already_claimed'));
    await expect(service.setLabel('7K4M2QX9')).rejects.toEqual(code('already_claimed'));
  });

  it('stores no secret, only hashes', async () => {
    const { store, token, owner, log } = await claimed();
    const stored = JSON.stringify(store.read());
    for (const secret of [
      token,
      owner.cookie,
      owner.recoveryCode,
      owner.recoveryCode.replaceAll('-', ''),
      ada.password,
    ]) {
      expect(stored).not.toContain(secret);
      expect(log.lines.join('')).not.toContain(secret);
    }
  });

  it('works with a label typed with a human hand', async () => {
    const { service } = await start();
    await service.setLabel('7K4M-2QX0');
    expect(service.secretKind()).toBe('label');
    await expect(service.claim({ secret: '7K4M2QX', owner: ada })).rejects.toEqual(code('invalid_request'));
    await expect(service.claim({ secret: '7K4M2QX1', owner: ada })).rejects.toEqual(
      code('claim_secret_wrong'),
    );
    expect(await service.claim({ secret: ' 7k4m 2qxo', owner: ada })).toMatchObject({ ownerName: 'Ada' });
  });

  it('has one winner of several at once, and says so to the others', async () => {
    const { service, store } = await start();
    const { token } = await service.mintToken();
    const names = ['Ada', 'Bob', 'Cem', 'Dia'];
    const results = await Promise.allSettled(
      names.map((name) => service.claim({ secret: token, owner: { ...ada, name } })),
    );
    const won = results.flatMap((r) => (r.status === 'fulfilled' ? [r.value.ownerName] : []));
    const lost = results.flatMap((r) => (r.status === 'rejected' ? [r.reason.code] : []));
    expect(won).toEqual([store.read().owner?.name]);
    expect(lost).toEqual(['already_claimed', 'already_claimed', 'already_claimed']);
    expect(store.read().sessions).toHaveLength(1);
  });

  it('tells a wrong, a replaced, a run-out and a missing token apart', async () => {
    const { service, clock } = await start();
    await expect(service.claim({ secret: wrongToken, owner: ada })).rejects.toEqual(
      code('claim_secret_expired'),
    );
    const { token: first } = await service.mintToken();
    const { token: second } = await service.mintToken();
    await expect(service.claim({ secret: wrongToken, owner: ada })).rejects.toEqual(
      code('claim_secret_wrong'),
    );
    await expect(service.claim({ secret: first, owner: ada })).rejects.toEqual(code('claim_secret_expired'));
    clock.advance(24 * 3_600_000);
    await expect(service.claim({ secret: second, owner: ada })).rejects.toEqual(code('claim_secret_expired'));
    const { token: third } = await service.mintToken();
    clock.jump(-40 * 365 * 24 * 3_600_000);
    expect(await service.claim({ secret: third, owner: ada })).toMatchObject({ ownerName: 'Ada' });
  });

  it('costs no try when the text cannot be a secret', async () => {
    const { service } = await start();
    await service.mintToken();
    for (let i = 0; i < 9; i++)
      await expect(service.claim({ secret: 'not a token', owner: ada })).rejects.toEqual(
        code('invalid_request'),
      );
    expect(service.claimStanding()).toEqual({ triesLeft: 5, lockedForS: 0 });
  });
});

describe('the lock-out', () => {
  it('comes after five tries, also when they come all at once, and refuses the right secret too', async () => {
    const { service, store } = await start();
    const { token } = await service.mintToken();
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => service.claim({ secret: wrongToken, owner: ada })),
    );
    const codes = results.map((r) => (r.status === 'rejected' ? r.reason.code : 'claimed'));
    expect(codes.filter((c) => c === 'claim_secret_wrong')).toHaveLength(5);
    expect(codes.filter((c) => c === 'claim_locked')).toHaveLength(3);
    expect(store.read().tries.claim.rests_ms).toHaveLength(5);
    await expect(service.claim({ secret: token, owner: ada })).rejects.toMatchObject({
      code: 'claim_locked',
      facts: { retryAfterS: 900 },
    });
  });

  it('goes on over restarts and clock changes with the seconds that were left', async () => {
    const { service, store, clock } = await start();
    const { token } = await service.mintToken();
    await lock(service);
    clock.advance(300_000);
    await service.close();

    const later = new FakeClock(clock.now() + 7 * 24 * 3_600_000); // a week off: nobody can prove it
    const second = await start(store, later);
    expect(second.service.claimStanding()).toEqual({ triesLeft: 0, lockedForS: 600 });
    later.jump(99 * 365 * 24 * 3_600_000);
    later.jump(-200 * 365 * 24 * 3_600_000);
    expect(second.service.claimStanding().lockedForS).toBe(600);
    later.advance(599_000);
    await expect(second.service.claim({ secret: token, owner: ada })).rejects.toEqual(code('claim_locked'));
    later.advance(1_000);
    expect(second.service.claimStanding()).toEqual({ triesLeft: 5, lockedForS: 0 });
  });

  it('is not shortened by an agent that is killed again and again', async () => {
    const { service, store, clock } = await start();
    await service.mintToken();
    await lock(service);
    clock.advance(60_000);
    for (let i = 0; i < 3; i++) {
      const next = await start(store, new FakeClock(clock.now()));
      expect(next.service.claimStanding().lockedForS).toBe(900); // not written since: the longer time counts
    }
  });

  it('counts nothing and compares nothing when the try cannot be written', async () => {
    const { service, store } = await start();
    const { token } = await service.mintToken();
    store.failNext(1);
    await expect(service.claim({ secret: token, owner: ada })).rejects.toEqual(code('store_write_failed'));
    expect(service.isClaimed()).toBe(false);
    expect(service.claimStanding().triesLeft).toBe(5);
  });
});

describe('a disk that fails during the claim', () => {
  it('leaves the secret usable and nobody the owner', async () => {
    const { service, store } = await start();
    const { token } = await service.mintToken();
    const writes = store.writes();
    const claiming = service.claim({ secret: token, owner: ada });
    while (store.writes() === writes) await new Promise((resolve) => setImmediate(resolve)); // the try is down
    store.failNext(1);
    await expect(claiming).rejects.toEqual(code('store_write_failed'));
    expect(service.isClaimed()).toBe(false);
    expect(await service.claim({ secret: token, owner: ada })).toMatchObject({ ownerName: 'Ada' });
  });
});

describe('signing in', () => {
  it('takes the name in any case, and gives each device its own session', async () => {
    const { service, owner, store } = await claimed();
    const second = await service.signIn({ name: ' ada', password: ada.password });
    expect(second.cookie).not.toBe(owner.cookie);
    expect(store.read().sessions).toHaveLength(2);
    const session = service.session(second.cookie);
    if (session) await service.signOut(session);
    expect(service.session(second.cookie)).toBeUndefined();
    expect(service.session(owner.cookie)).toBeDefined();
    expect(service.session('x'.repeat(43))).toBeUndefined();
  });

  it('is locked after ten wrong tries, but never through the unix socket', async () => {
    const { service, clock } = await claimed();
    for (let i = 0; i < 10; i++) {
      const name = i % 2 === 0 ? 'Ada' : 'Eve';
      const password = i % 2 === 0 ? 'wrong' : ada.password;
      await expect(service.signIn({ name, password })).rejects.toEqual(code('sign_in_refused'));
    }
    await expect(service.signIn(ada)).rejects.toMatchObject({
      code: 'sign_in_locked',
      facts: { retryAfterS: 900 },
    });
    expect(await service.renewRecoveryCode(ada.password, { operator: true })).toMatchObject({
      ownerName: 'Ada',
    });
    clock.advance(900_000);
    expect(await service.signIn(ada)).toMatchObject({ ownerName: 'Ada' });
  });

  it('before there is an owner is told so', async () => {
    const { service } = await start();
    await expect(service.signIn(ada)).rejects.toEqual(code('node_unclaimed'));
    await expect(service.recover({ recovery_code: 'x', new_password: 'y'.repeat(10) })).rejects.toEqual(
      code('node_unclaimed'),
    );
  });

  it('in a flood hashes two at a time and turns the rest away', async () => {
    const { service } = await claimed();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => service.signIn(ada)));
    const codes = results.map((r) => (r.status === 'rejected' ? r.reason.code : 'in'));
    expect(codes.filter((c) => c === 'in')).toHaveLength(8);
    expect(codes.filter((c) => c === 'queue_full')).toHaveLength(12);
  });

  it('ends after thirty idle days, and not before when it is used', async () => {
    const { service, owner, clock, store } = await claimed();
    const day = 24 * 3_600_000;
    clock.advance(29 * day);
    expect(service.session(owner.cookie)).toBeDefined();
    await store.update((s) => s); // after the visit was written
    clock.advance(29 * day);
    expect(service.session(owner.cookie)).toBeDefined();
    await store.update((s) => s);
    clock.advance(31 * day);
    expect(service.session(owner.cookie)).toBeUndefined();
  });
});

describe('a lost or changed password', () => {
  it('is set anew with the recovery code, which is spent, and every session ends', async () => {
    const { service, owner } = await claimed();
    const typed = owner.recoveryCode.toLowerCase().replaceAll('-', ' ');
    const recovered = await service.recover({ recovery_code: typed, new_password: 'a new password' });
    expect(recovered.recoveryCode).not.toBe(owner.recoveryCode);
    expect(service.session(owner.cookie)).toBeUndefined();
    expect(service.session(recovered.cookie)).toBeDefined();
    await expect(service.signIn(ada)).rejects.toEqual(code('sign_in_refused'));
    expect(await service.signIn({ name: 'Ada', password: 'a new password' })).toBeDefined();
    const again = { recovery_code: owner.recoveryCode, new_password: 'yet another one' };
    await expect(service.recover(again)).rejects.toEqual(code('recovery_code_wrong'));
  });

  it('changes with the old one; every other session ends', async () => {
    const { service, owner } = await claimed();
    const other = await service.signIn(ada);
    const sessionSha256 = hashSecret(owner.cookie);
    const change = { password: ada.password, new_password: 'a new password' };
    await expect(
      service.changePassword({ ...change, password: 'wrong' }, { operator: false, sessionSha256 }),
    ).rejects.toEqual(code('sign_in_refused'));
    await service.changePassword(change, { operator: false, sessionSha256 });
    expect(service.session(owner.cookie)).toBeDefined();
    expect(service.session(other.cookie)).toBeUndefined();
  });

  it('leaves all as it was when the disk fails', async () => {
    const { service, store, owner } = await claimed();
    store.failNext(1);
    const by = { operator: true };
    const change = { password: ada.password, new_password: 'a new password' };
    await expect(service.changePassword(change, by)).rejects.toEqual(code('store_write_failed'));
    expect(service.session(owner.cookie)).toBeDefined();
    expect(await service.signIn(ada)).toBeDefined();
  });
});

describe('a password', () => {
  it('is hashed with argon2id in well under a second, and matches in look-alike forms alone', async () => {
    const began = performance.now();
    const phc = await hashPassword('Zoë’s café', PASSWORD_COST);
    expect(performance.now() - began).toBeLessThan(1_500); // about 110 ms on an idle core; four suites may share two
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=32768,t=3,p=1\$/);
    expect(await isPassword('Zoe\u0308’s cafe\u0301', phc)).toBe(true);
    expect(await isPassword('Zoe’s cafe', phc)).toBe(false);
    await expect(isPassword('x', 'garbage')).rejects.toEqual(code('store_corrupt'));
  });
});
