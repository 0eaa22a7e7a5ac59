import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countTry,
  isSessionLive,
  isTouchDue,
  type Moment,
  noTriesAt,
  SESSION_IDLE_MS,
  secretRestMs,
  standing,
  TOKEN_LIFE_MS,
  TRY_RULES,
  tick,
} from './judge.ts';
import {
  addSession,
  changeOwner,
  endSession,
  findSession,
  putToken,
  resume,
  takeOwnership,
  useTry,
} from './state.ts';
import { type ClaimSlice, claimSlice, noClaim, type Owner, type Session, type TryCount } from './types.ts';

const HOUR = 3_600_000;
const at = (monoMs: number, run = 'a', wallMs = 1_800_000_000_000 + monoMs): Moment => ({
  run,
  monoMs,
  wallMs,
});
const rule = TRY_RULES.claim;
const hash = (n: number) => n.toString(16).padStart(64, '0');
const session = (n: number, seen_at_ms = 1_800_000_000_000): Session => ({
  sha256: hash(n),
  created_at_ms: 1,
  seen_at_ms,
});
const owner: Owner = { name: 'Ada', password: 'phc', recovery_sha256: hash(1), created_at_ms: 1 };

function used(count: number, now = at(0)): TryCount {
  let tries = noTriesAt(now);
  for (let i = 0; i < count; i++) tries = countTry(tries, rule, now) ?? tries;
  return tries;
}

describe('counted tries', () => {
  it('are five, then none until the first is a quarter of an hour old', () => {
    expect(standing(used(4), rule, at(0))).toEqual({ triesLeft: 1, lockedForS: 0 });
    const full = used(5);
    expect(countTry(full, rule, at(0))).toBeUndefined();
    expect(standing(full, rule, at(0))).toEqual({ triesLeft: 0, lockedForS: 900 });
    expect(standing(full, rule, at(899_001))).toEqual({ triesLeft: 0, lockedForS: 1 });
    expect(standing(full, rule, at(900_000))).toEqual({ triesLeft: 5, lockedForS: 0 });
  });

  it('go on with what was left after a restart, however long it took and whatever the clock says', () => {
    const full = tick(used(5), at(300_000));
    for (const wallMs of [0, 1, 4_000_000_000_000]) {
      const restarted = { run: 'b', monoMs: 7, wallMs };
      expect(standing(full, rule, restarted).lockedForS).toBe(600);
      expect(standing(tick(full, restarted), rule, { ...restarted, monoMs: 100_007 }).lockedForS).toBe(500);
    }
  });

  it('are never more than five within any quarter of an hour, over any mix of waits and restarts', () => {
    const step = fc.record({ waitMs: fc.nat(400_000), restart: fc.boolean(), wall: fc.nat() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = at(0);
        let alive = 0; // true time with the agent running
        let count = noTriesAt(now);
        const accepted: number[] = [];
        for (const [i, { waitMs, restart, wall }] of steps.entries()) {
          alive += waitMs;
          now = { run: now.run, monoMs: now.monoMs + waitMs, wallMs: wall };
          count = tick(count, now);
          if (restart) now = { run: String(i), monoMs: 3, wallMs: wall };
          const next = countTry(count, rule, now);
          if (next === undefined) continue;
          count = next;
          accepted.push(alive);
          expect(accepted.filter((t) => t > alive - rule.windowMs).length).toBeLessThanOrEqual(rule.tries);
        }
      }),
    );
  });
});

describe('a setup token', () => {
  const slice = putToken(noClaim, hash(1), at(0)) ?? noClaim;
  const rest = (s: ClaimSlice, now: Moment) => (s.secret === null ? Number.NaN : secretRestMs(s.secret, now));

  it('lives a day of running time, whatever the wall clock does meanwhile', () => {
    expect(rest(slice, at(0))).toBe(TOKEN_LIFE_MS);
    expect(rest(slice, at(HOUR, 'a', 0))).toBe(23 * HOUR);
    expect(rest(slice, at(HOUR, 'a', 9e12))).toBe(23 * HOUR);
    expect(rest(slice, at(24 * HOUR))).toBeLessThanOrEqual(0);
  });

  it('loses the time switched off, and gains nothing from a clock set back', () => {
    const wall = 1_800_000_000_000;
    expect(rest(slice, at(5, 'b', wall + 2 * HOUR))).toBe(22 * HOUR);
    expect(rest(slice, at(5, 'b', wall - 99 * HOUR))).toBe(24 * HOUR);
    const resumed = resume(slice, at(5, 'b', wall + 2 * HOUR));
    expect(rest(resumed, at(5 + HOUR, 'b', 0))).toBe(21 * HOUR);
    expect(rest(resume(slice, at(5, 'b', wall + 99 * HOUR)), at(6, 'b'))).toBeLessThanOrEqual(0);
  });

  it('kills the one before it and remembers a few of those', () => {
    let many: ClaimSlice = noClaim;
    for (let n = 1; n <= 8; n++) many = putToken(many, hash(n), at(0)) ?? many;
    expect(many.secret).toMatchObject({ sha256: hash(8) });
    expect(many.retired_sha256).toEqual([hash(7), hash(6), hash(5), hash(4)]);
    expect(claimSlice.safeParse(many).success).toBe(true);
  });

  it('is not made for an owned machine; a label never runs out', () => {
    expect(putToken({ ...noClaim, owner }, hash(1), at(0))).toBeUndefined();
    const label = { kind: 'label', salt: 'ab'.repeat(16), scrypt: hash(2) } as const;
    expect(secretRestMs(label, at(1e12))).toBe(Number.POSITIVE_INFINITY);
    expect(resume({ ...noClaim, secret: label }, at(1)).secret).toEqual(label);
  });
});

describe('taking ownership', () => {
  const armed = putToken(noClaim, hash(1), at(0)) ?? noClaim;
  const proven = armed.secret ?? { kind: 'label', salt: '', scrypt: '' };

  it('consumes the secret and makes the owner in one value', () => {
    const taken = takeOwnership(armed, proven, owner, session(1), at(0));
    expect(taken).toMatchObject({ kind: 'taken', slice: { secret: null, owner, sessions: [session(1)] } });
    if (taken.kind === 'taken') expect(claimSlice.safeParse(taken.slice).success).toBe(true);
  });

  it('has one winner, and none with a secret that was replaced', () => {
    const taken = takeOwnership(armed, proven, owner, session(1), at(0));
    const after = taken.kind === 'taken' ? taken.slice : noClaim;
    expect(takeOwnership(after, proven, owner, session(2), at(0))).toEqual({ kind: 'already-claimed' });
    const replaced = putToken(armed, hash(2), at(0)) ?? noClaim;
    expect(takeOwnership(replaced, proven, owner, session(1), at(0))).toEqual({ kind: 'secret-gone' });
    const label = { kind: 'label', salt: 'ab'.repeat(16), scrypt: hash(2) } as const;
    expect(takeOwnership({ ...noClaim, secret: label }, proven, owner, session(1), at(0)).kind).toBe(
      'secret-gone',
    );
    expect(takeOwnership({ ...noClaim, secret: label }, { ...label }, owner, session(1), at(0)).kind).toBe(
      'taken',
    );
    expect(takeOwnership(noClaim, proven, owner, session(1), at(0)).kind).toBe('secret-gone');
  });

  it('cannot leave an owner and a secret side by side in a file', () => {
    expect(claimSlice.safeParse({ ...armed, owner }).success).toBe(false);
    expect(claimSlice.safeParse({ ...noClaim, sessions: [session(1)] }).success).toBe(false);
  });
});

describe('sessions', () => {
  const owned: ClaimSlice = { ...noClaim, owner };

  it('are bounded; the one unused longest goes first', () => {
    let slice = owned;
    for (let n = 0; n < 30; n++) slice = addSession(slice, session(n, 1_800_000_000_000 + n), at(1));
    expect(slice.sessions).toHaveLength(20);
    expect(findSession(slice, hash(9), at(1))).toBeUndefined();
    expect(findSession(slice, hash(10), at(1))).toBeDefined();
  });

  it('end after thirty idle days; a clock set back ends none', () => {
    const s = session(1);
    const wall = s.seen_at_ms;
    expect(isSessionLive(s, at(0, 'a', wall + SESSION_IDLE_MS))).toBe(true);
    expect(isSessionLive(s, at(0, 'a', wall + SESSION_IDLE_MS + 1))).toBe(false);
    expect(isSessionLive(s, at(0, 'a', 0))).toBe(true);
    expect(isTouchDue(s, at(0, 'a', wall + 60_000))).toBe(false);
    expect(isTouchDue(s, at(0, 'a', wall + 2 * HOUR))).toBe(true);
    expect(
      addSession({ ...owned, sessions: [s] }, session(2), at(0, 'a', wall + 2 * SESSION_IDLE_MS)).sessions,
    ).toHaveLength(1);
  });

  it('end one by one', () => {
    const slice = addSession(addSession(owned, session(1), at(0)), session(2), at(0));
    expect(endSession(slice, hash(1)).sessions).toEqual([session(2)]);
    expect(endSession(slice, hash(3))).toBe(slice);
  });
});

describe('a changed account', () => {
  const slice: ClaimSlice = { ...noClaim, owner, sessions: [session(1), session(2)] };

  it('keeps the sessions it is told to and forgets failed tries', () => {
    const tried = useTry(slice, 'sign_in', at(0)) ?? slice;
    const changed = changeOwner(tried, owner, { password: 'new' }, (s) => s.sha256 === hash(2), at(0));
    expect(changed).toMatchObject({ owner: { ...owner, password: 'new' }, sessions: [session(2)] });
    expect(changed?.tries.sign_in.rests_ms).toEqual([]);
  });

  it('is refused when the account is no longer the one that was proven', () => {
    expect(changeOwner(slice, { ...owner, password: 'other' }, {}, () => true, at(0))).toBeUndefined();
    expect(changeOwner(slice, { ...owner, recovery_sha256: hash(9) }, {}, () => true, at(0))).toBeUndefined();
    expect(changeOwner(noClaim, owner, {}, () => true, at(0))).toBeUndefined();
  });
});
