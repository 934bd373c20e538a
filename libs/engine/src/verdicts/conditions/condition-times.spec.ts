import { heldWrites, type BindingMode } from '@dialtone/domain';
import * as fc from 'fast-check';
import { freshTurn, staleTurn, watchTurn } from '../freshness-turn';
import { neverSeen } from '../locked-key';
import { readyTurn } from '../transition';
import type { StoredKey } from '../../ports/key-states';
import { CONDITION_TYPES, type BindingOutcome } from './condition';
import { type ConditionFacts, type ConditionRecord, newConditionRecord } from './condition-facts';
import { conditionsOf } from './conditions';

const FRESH_FOR_MS = 1_000;
const TERMS = { freshForMs: FRESH_FOR_MS, mode: 'enforce', dryRun: false } as const;
const KEY = '918011223344' as StoredKey['key'];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One declaration with its rows, as the stores keep them. */
class Rows {
  now = 10_000;
  mode: BindingMode = 'enforce';
  outcome: BindingOutcome = 'pending';
  stored: StoredKey = neverSeen(KEY).stored;
  observedThrough: number | null = null;
  readonly record: Mutable<ConditionRecord> = newConditionRecord(this.now);

  get facts(): ConditionFacts {
    const { observedAt, stale, state } = this.stored;
    const seenAt = observedAt === 0 ? null : stale ? observedAt : Math.max(observedAt, this.observedThrough ?? 0);
    const ageSeconds = seenAt === null ? null : (this.now - seenAt) / 1_000;
    return {
      generation: 1,
      mode: this.mode,
      status: { outcome: this.outcome, message: null, observedGeneration: 1 },
      verdict: { state, stale, observedAt: seenAt, ageSeconds },
      record: { ...this.record, lookedAt: observedAt === 0 ? null : observedAt },
    };
  }

  end(outcome: BindingOutcome): void {
    if (outcome !== this.outcome) this.record.outcomeLeft = { ...this.record.outcomeLeft, [this.outcome]: this.now };
    this.outcome = outcome;
  }

  declare(mode: BindingMode): void {
    if ((mode === 'observe') !== (this.mode === 'observe'))
      this.record.modeTurns = [...this.record.modeTurns, this.now];
    this.mode = mode;
    this.end('pending');
  }

  hold(writesHeld: string | null): void {
    this.turnWrites(() => {
      this.record.standing = writesHeld === null ? [] : [heldWrites(writesHeld)];
    });
  }

  disconnect(): void {
    this.turnWrites(() => {
      this.record.isDisconnected = true;
    });
  }

  verdict(state: StoredKey['state']): void {
    const { now, stored, record } = this;
    const watch = {
      freshForMs: FRESH_FOR_MS,
      observedThrough: this.observedThrough,
      watchedSince: record.watchedSince,
    };
    record.readySince = readyTurn(stored, state, now) ?? record.readySince;
    record.freshSince = freshTurn(stored, now, watch) ?? record.freshSince;
    this.stored = { ...stored, state, stale: false, observedAt: now };
  }

  incomplete(): void {
    const { now, stored, record } = this;
    const watch = {
      freshForMs: FRESH_FOR_MS,
      observedThrough: this.observedThrough,
      watchedSince: record.watchedSince,
    };
    record.freshSince = staleTurn(stored, now, watch) ?? record.freshSince;
    this.stored = { ...stored, stale: true };
  }

  /** A sweep that finds the same. */
  sweep(): void {
    const watched = watchTurn(this.now, { freshForMs: FRESH_FOR_MS, observedThrough: this.observedThrough });
    this.record.watchedSince = watched ?? this.record.watchedSince;
    this.observedThrough = this.now;
  }

  private turnWrites(turn: () => void): void {
    const denies = (): boolean => this.record.isDisconnected || this.record.standing.length > 0;
    const before = denies();
    turn();
    if (before !== denies()) this.record.writesTurns = [...this.record.writesTurns, this.now];
  }
}

type Event = { readonly what: string; readonly happen: (rows: Rows) => void };

const event = (what: string, happen: (rows: Rows) => void): fc.Arbitrary<Event> => fc.constant({ what, happen });
const OUTCOMES: readonly BindingOutcome[] = ['settled', 'progressing', 'retry', 'stalled'];
const anyEvent = fc.oneof(
  ...OUTCOMES.map((outcome) =>
    event(`ends ${outcome}`, (rows) => {
      rows.end(outcome);
    }),
  ),
  event('declared to enforce', (rows) => {
    rows.declare('enforce');
  }),
  event('declared to observe', (rows) => {
    rows.declare('observe');
  }),
  event('declared to create only', (rows) => {
    rows.declare('create-only');
  }),
  event('held', (rows) => {
    rows.hold('why');
  }),
  event('acknowledged', (rows) => {
    rows.hold(null);
  }),
  event('disconnected', (rows) => {
    rows.disconnect();
  }),
  ...(['READY', 'NO_BOT', 'ROUTING_MISSING', 'UNKNOWN'] as const).map((state) =>
    event(`judged ${state}`, (rows) => {
      rows.verdict(state);
    }),
  ),
  event('looked at in vain', (rows) => {
    rows.incomplete();
  }),
  event('swept', (rows) => {
    rows.sweep();
  }),
  event('a moment passes', () => undefined),
  event('as long as a verdict counts passes', (rows) => {
    rows.now += FRESH_FOR_MS;
  }),
);

describe('the transition time of a condition', () => {
  it('moves exactly when its status does, to the time of what moved it', () => {
    const told = (rows: Rows) => conditionsOf(rows.facts, TERMS);
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 40 }), (events) => {
        const rows = new Rows();
        let before = told(rows);
        for (const { what, happen } of events) {
          const begun = rows.now;
          rows.now += 7;
          happen(rows);
          const after = told(rows);
          for (const [nth, type] of CONDITION_TYPES.entries()) {
            const [was, is] = [before[nth], after[nth]];
            if (was === undefined || is === undefined) throw new Error('Six conditions.');
            if (was.status === is.status) {
              expect([what, type, is.lastTransitionAt]).toEqual([what, type, was.lastTransitionAt]);
            } else {
              expect(is.lastTransitionAt).toBeGreaterThanOrEqual(begun);
              expect(is.lastTransitionAt).toBeLessThanOrEqual(rows.now);
            }
          }
          before = after;
        }
      }),
      { numRuns: 500 },
    );
  });
});
