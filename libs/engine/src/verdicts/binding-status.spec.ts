import { aDidKey, aSpec, InMemoryWorld } from '@dialtone/testing';
import * as fc from 'fast-check';
import type { ClaimedBinding } from '../ports/binding-queue';
import type { Outcome } from '../ports/outcome';
import { completionOf, type LockedBinding, messageOf, STARTING_OVER } from './binding-status';

const KEY = aDidKey('918011223344');

/** One turn of the queue: what happens while the binding is worked on, and what the work comes to. */
interface Turn {
  readonly outcome: Outcome;
  readonly during: 'nothing' | 'triggered' | 'redeclared';
}
interface Shown {
  readonly outcome: string;
  readonly message: string | null;
  readonly attempts: number;
  readonly observedGeneration: number;
  /** Of its last turn. */
  readonly dueInMs: number;
}
interface Binding {
  work(turn: Turn): Promise<void>;
  shown(): Shown;
  /** Status events so far. */
  events(): number;
}

const DELAY_MS = 60_000;

const lockedBinding = (): Promise<Binding> => {
  let row: LockedBinding = { ...STARTING_OVER, observedGeneration: 0, generation: 1, triggerSeq: 1n };
  let [dueInMs, events] = [0, 0];
  return Promise.resolve({
    work: ({ outcome, during }) => {
      const claimed = { binding: { generation: row.generation }, triggerSeq: row.triggerSeq } as ClaimedBinding;
      if (during !== 'nothing') row = { ...row, triggerSeq: row.triggerSeq + 1n };
      if (during === 'redeclared') row = { ...row, ...STARTING_OVER, generation: row.generation + 1 };
      const result = { outcome: outcome.kind, message: messageOf(outcome) };
      const completion = completionOf(claimed, row, result, DELAY_MS);
      row = { ...row, ...completion.status };
      dueInMs = completion.delayMs;
      events += completion.isNews ? 1 : 0;
      return Promise.resolve();
    },
    shown: () => ({ ...row, dueInMs }),
    events: () => events,
  });
};

const inMemoryBinding = async (): Promise<Binding> => {
  const world = new InMemoryWorld();
  const { id: connectionId, partnerId } = await world.connection();
  let declared = 0;
  const declare = async () => {
    declared += 1;
    const spec = aSpec({ agentId: await world.agent(partnerId), botName: String(declared) });
    await world.declare({ connectionId, key: KEY, spec });
  };
  await declare();
  return {
    work: async ({ outcome, during }) => {
      await world.trigger(connectionId, KEY);
      const [claimed] = await world.bindingQueue.claim('worker', 1, 1_000);
      if (claimed === undefined) throw new Error('not due');
      if (during === 'triggered') await world.trigger(connectionId, KEY);
      if (during === 'redeclared') await declare();
      await world.bindingQueue.complete(claimed, outcome, DELAY_MS);
    },
    shown: () => {
      const row = world.bindingRow(connectionId, KEY);
      if (row === null) throw new Error('gone');
      return { ...row, dueInMs: row.dueAt - world.clock.now() };
    },
    events: () => world.events.filter(({ type }) => type === 'dialtone.binding.status.v1').length,
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

describe.each([
  ['the engine', lockedBinding],
  ['memory', inMemoryBinding],
])('what an outcome means for a binding, in %s', (_, make) => {
  const after = async (turns: readonly Turn[]): Promise<Binding> => {
    const binding = await make();
    for (const turn of turns) await binding.work(turn);
    return binding;
  };
  const property = (check: (binding: Binding, turn: Turn) => Promise<void>) =>
    fc.assert(
      fc.asyncProperty(anyTurns, anyTurn, async (turns, turn) => check(await after(turns), turn)),
      RUNS,
    );

  it('attempts: a settled outcome ends them, a known wait is none, and any other is one more', () =>
    property(async (binding, { outcome }) => {
      const before = binding.shown().attempts;
      await binding.work({ outcome, during: 'nothing' });
      const wanted = { settled: 0, progressing: before, retry: before + 1, stalled: before + 1 };
      expect(binding.shown().attempts).toBe(wanted[outcome.kind]);
    }));

  it('shows the outcome with its message, and tells it once: only what differs from before is an event', () =>
    property(async (binding, { outcome }) => {
      const { outcome: was, message } = binding.shown();
      const events = binding.events();
      await binding.work({ outcome, during: 'nothing' });
      const isOther = was !== outcome.kind || message !== messageOf(outcome);
      expect(binding.shown()).toMatchObject({ outcome: outcome.kind, message: messageOf(outcome) });
      expect(binding.events() - events).toBe(isOther ? 1 : 0);
      await binding.work({ outcome, during: 'triggered' });
      expect(binding.events() - events).toBe(isOther ? 1 : 0);
    }));

  it('says nothing of work on an older declaration: the status starts over, and only the generation is noted', () =>
    property(async (binding, { outcome }) => {
      const { observedGeneration: before } = binding.shown();
      const events = binding.events();
      await binding.work({ outcome, during: 'redeclared' });
      const { observedGeneration, dueInMs, ...status } = binding.shown();
      expect(status).toMatchObject(STARTING_OVER);
      expect([binding.events(), dueInMs]).toEqual([events, 0]);
      expect(observedGeneration).toBeGreaterThanOrEqual(before);
    }));

  it('is due at once when it was triggered during the work, and after the delay otherwise', () =>
    property(async (binding, turn) => {
      await binding.work(turn);
      expect(binding.shown().dueInMs).toBe(turn.during === 'nothing' ? DELAY_MS : 0);
    }));

  it('never counts the observed generation down', () =>
    property(async (binding, turn) => {
      const { observedGeneration } = binding.shown();
      await binding.work(turn);
      expect(binding.shown().observedGeneration).toBeGreaterThanOrEqual(observedGeneration);
    }));
});
