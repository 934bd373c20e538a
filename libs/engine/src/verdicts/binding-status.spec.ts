import * as fc from 'fast-check';
import type { ClaimedBinding } from '../ports/binding-queue';
import type { Outcome } from '../ports/outcome';
import { completionOf, type LockedBinding, messageOf, STARTING_OVER } from './binding-status';

/** One turn of the queue: what happens while the binding is worked on, and what the work comes to. */
interface Turn {
  readonly outcome: Outcome;
  readonly during: 'nothing' | 'triggered' | 'redeclared';
}
interface Shown extends LockedBinding {
  /** After its last turn. */
  readonly dueInMs: number;
}
interface Binding {
  work(turn: Turn): void;
  shown(): Shown;
  /** Status events so far. */
  events(): number;
}

const DELAY_MS = 60_000;

const aBinding = (): Binding => {
  let row: LockedBinding = {
    ...STARTING_OVER,
    observedGeneration: 0,
    generation: 1,
    triggerSeq: 1n,
    plan: null,
    countFrom: 0,
  };
  let [dueInMs, events] = [0, 0];
  return {
    work: ({ outcome, during }) => {
      const claimed = { binding: { generation: row.generation }, triggerSeq: row.triggerSeq } as ClaimedBinding;
      if (during !== 'nothing') row = { ...row, triggerSeq: row.triggerSeq + 1n };
      if (during === 'redeclared') row = { ...row, ...STARTING_OVER, generation: row.generation + 1 };
      const result = { outcome: outcome.kind, message: messageOf(outcome) };
      const completion = completionOf(claimed, row, result, DELAY_MS);
      row = { ...row, ...completion.status };
      dueInMs = completion.delayMs;
      events += completion.isNews ? 1 : 0;
    },
    shown: () => ({ ...row, dueInMs }),
    events: () => events,
  };
};

const anyText = fc.constantFrom('x', 'y');
const anyOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant<Outcome>({ kind: 'settled' }),
  anyText.map((reason): Outcome => ({ kind: 'progressing', requeueAfterMs: 1, reason })),
  anyText.map((error): Outcome => ({ kind: 'retry', error, retryAfterMs: null })),
  anyText.map((message): Outcome => ({ kind: 'stalled', issues: [], message })),
);
const anyTurn: fc.Arbitrary<Turn> = fc.record({
  outcome: anyOutcome,
  during: fc.constantFrom('nothing', 'nothing', 'triggered', 'redeclared'),
});
const anyTurns = fc.array(anyTurn, { maxLength: 12 });
const RUNS = { numRuns: 200 };

describe('what an outcome means for a binding', () => {
  const after = (turns: readonly Turn[]): Binding => {
    const binding = aBinding();
    for (const turn of turns) binding.work(turn);
    return binding;
  };
  const property = (check: (binding: Binding, turn: Turn) => void) => {
    fc.assert(
      fc.property(anyTurns, anyTurn, (turns, turn) => {
        check(after(turns), turn);
      }),
      RUNS,
    );
  };

  it('attempts: a settled outcome ends them, a known wait is none, and any other is one more', () => {
    property((binding, { outcome }) => {
      const before = binding.shown().attempts;
      binding.work({ outcome, during: 'nothing' });
      const wanted = { settled: 0, progressing: before, retry: before + 1, stalled: before + 1 };
      expect(binding.shown().attempts).toBe(wanted[outcome.kind]);
    });
  });

  it('shows the outcome with its message, and tells it once: only what differs from before is an event', () => {
    property((binding, { outcome }) => {
      const { outcome: was, message } = binding.shown();
      const events = binding.events();
      binding.work({ outcome, during: 'nothing' });
      const isOther = was !== outcome.kind || message !== messageOf(outcome);
      expect(binding.shown()).toMatchObject({ outcome: outcome.kind, message: messageOf(outcome) });
      expect(binding.events() - events).toBe(isOther ? 1 : 0);
      binding.work({ outcome, during: 'triggered' });
      expect(binding.events() - events).toBe(isOther ? 1 : 0);
    });
  });

  it('says nothing of work on an older declaration: the status starts over, and only the generation is noted', () => {
    property((binding, { outcome }) => {
      const { observedGeneration: before } = binding.shown();
      const events = binding.events();
      binding.work({ outcome, during: 'redeclared' });
      const { observedGeneration, dueInMs, ...status } = binding.shown();
      expect(status).toMatchObject(STARTING_OVER);
      expect([binding.events(), dueInMs]).toEqual([events, 0]);
      expect(observedGeneration).toBeGreaterThanOrEqual(before);
    });
  });

  it('is due at once when it was triggered during the work, and after the delay otherwise', () => {
    property((binding, turn) => {
      binding.work(turn);
      expect(binding.shown().dueInMs).toBe(turn.during === 'nothing' ? DELAY_MS : 0);
    });
  });

  it('notes the generation that was worked on, also when another was declared meanwhile', () => {
    property((binding, turn) => {
      const { generation } = binding.shown();
      binding.work(turn);
      expect(binding.shown().observedGeneration).toBe(generation);
    });
  });

  it('keeps the higher generation when work on an older one ends late', () => {
    const current = {
      ...STARTING_OVER,
      observedGeneration: 3,
      generation: 3,
      triggerSeq: 1n,
      plan: null,
      countFrom: 0,
    };
    const late = { binding: { generation: 2 }, triggerSeq: 1n } as ClaimedBinding;
    const { status } = completionOf(late, current, { outcome: 'settled', message: null }, DELAY_MS);
    expect(status.observedGeneration).toBe(3);
  });
});
