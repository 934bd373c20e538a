import { ISSUES, type BlockReason, type PlannedStep, type Readiness } from '@dialtone/domain';
import { anObservation } from '@dialtone/testing';
import type { Convergence } from './converge';
import type { Ending } from './progress';
import type { UpstreamErrorClass, UpstreamFailure } from '../ports';
import { outcomeOf } from './reconcile';

const ready = { state: 'READY', issues: [] } as unknown as Readiness;
const broken = { state: 'NO_BOT', issues: ['NO_BOT', 'ROUTING_CHANGED'] } as unknown as Readiness;
const already: PlannedStep = { step: 'resolve_did', status: 'already', detail: 'fine' };

const convergence = ({
  ending = { kind: 'complete' },
  plan = [already],
  readiness = broken,
}: {
  readonly ending?: Ending;
  readonly plan?: readonly PlannedStep[];
  readonly readiness?: Readiness;
}): Convergence => {
  const after = { observation: anObservation(), readiness, plan };
  return {
    ending,
    taken: [],
    tried: ending.kind === 'complete' ? null : { step: 'ensure_bot', detail: 'Created a bot' },
    closing: plan,
    problems: {},
    before: { ...after, readiness: broken },
    after,
  };
};

const failure = (of: UpstreamErrorClass, retryAfterMs: number | null = null): UpstreamFailure => ({
  class: of,
  httpStatus: null,
  message: 'because',
  retryAfterMs,
});
const refused = (of: UpstreamErrorClass, retryAfterMs: number | null = null): Ending => ({
  kind: 'refused',
  failure: failure(of, retryAfterMs),
});

describe('outcomeOf', () => {
  it('settles when nothing is needed and the DID is ready', () => {
    expect(outcomeOf(convergence({ readiness: ready }))).toEqual({ kind: 'settled' });
  });

  it('retries when every step is done and the DID is still not ready: the world changed meanwhile', () => {
    expect(outcomeOf(convergence({}))).toMatchObject({ kind: 'retry', retryAfterMs: null });
  });

  it('is progressing while something known is waited for', () => {
    const ending: Ending = { kind: 'waiting', afterMs: 700, reason: 'a hold' };
    expect(outcomeOf(convergence({ ending }))).toEqual({
      kind: 'progressing',
      requeueAfterMs: 700,
      reason: 'a hold',
    });
  });

  it('stalls with the issues on what nobody but a human can do', () => {
    const ending: Ending = { kind: 'impossible', message: 'declare another agent' };
    expect(outcomeOf(convergence({ ending }))).toEqual({
      kind: 'stalled',
      issues: broken.issues,
      message: 'declare another agent',
      reason: 'NOT_POSSIBLE',
    });
  });

  const refusals: Readonly<Record<UpstreamErrorClass, 'stalled' | 'retry' | 'progressing'>> = {
    rejected: 'stalled',
    dry_run: 'stalled',
    unauthorized: 'retry',
    not_found: 'retry',
    rate_limited: 'progressing',
    unavailable: 'retry',
  };
  it.each(Object.entries(refusals) as [UpstreamErrorClass, string][])('makes of a refusal as %s: %s', (of, want) => {
    expect(outcomeOf(convergence({ ending: refused(of) })).kind).toBe(want);
  });

  it('hands on when VoiceLink wants to be asked again', () => {
    expect(outcomeOf(convergence({ ending: refused('unavailable', 9_000) }))).toMatchObject({ retryAfterMs: 9_000 });
    // Jitter takes off up to a tenth, and coming too early costs another request.
    const outcome = outcomeOf(convergence({ ending: refused('rate_limited', 9_000) }));
    expect(0.9 * (outcome as { readonly requeueAfterMs: number }).requeueAfterMs).toBeGreaterThan(9_000);
  });

  it('waits for a block that ends by itself, until then', () => {
    const plan: PlannedStep[] = [
      already,
      { step: 'ensure_bot', status: 'blocked', reason: 'paused', detail: 'why', until: 5 },
    ];
    expect(outcomeOf(convergence({ plan }))).toEqual({ kind: 'progressing', until: 5, reason: 'why' });
  });

  const obstacles: Readonly<Record<BlockReason, 'stalled' | 'retry'>> = {
    did_not_found: 'stalled',
    did_expired: 'stalled',
    client_required: 'stalled',
    client_mismatch: 'stalled',
    contested: 'stalled',
    not_converging: 'stalled',
    mode_observe: 'stalled',
    mode_create_only: 'stalled',
    writes_held: 'stalled',
    paused: 'stalled',
    window_closed: 'stalled',
    agent_not_given: 'stalled',
    observation_incomplete: 'retry',
    blocked_by_earlier_step: 'retry',
  };
  it.each(Object.entries(obstacles) as [BlockReason, string][])('makes of the obstacle %s: %s', (reason, want) => {
    for (const status of ['blocked', 'skipped'] as const) {
      const plan: PlannedStep[] = [already, { step: 'ensure_bot', status, reason, detail: 'the remedy' }];
      const outcome = outcomeOf(convergence({ plan }));
      expect(outcome).toMatchObject(
        want === 'stalled'
          ? { kind: 'stalled', issues: broken.issues, message: 'the remedy' }
          : { kind: 'retry', error: 'the remedy' },
      );
    }
  });

  it('words the first obstacle, not those that follow from it', () => {
    const plan: PlannedStep[] = [
      { step: 'client_mapping', status: 'blocked', reason: 'client_mismatch', detail: 'first' },
      { step: 'ensure_bot', status: 'blocked', reason: 'blocked_by_earlier_step', detail: 'second' },
    ];
    expect(outcomeOf(convergence({ plan }))).toMatchObject({ kind: 'stalled', message: 'first' });
  });

  it('never settles with an issue, whatever it is', () => {
    for (const issue of ISSUES) {
      const readiness = { state: issue, issues: [issue] } as unknown as Readiness;
      expect(outcomeOf(convergence({ readiness })).kind).toBe('retry');
    }
  });
});
