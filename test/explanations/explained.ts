import { heldWrites, type DidKey, type Restraint } from '@dialtone/domain';
import {
  conditionsOf,
  newConditionRecord,
  why,
  withContest,
  type ConditionFacts,
  type ExplanationFacts,
  type HistoryRecord,
  type StallReason,
} from '@dialtone/engine';
import type { EngineFixture } from '@dialtone/testing';
import type { Scenario } from './scenarios';

const FRESH_FOR_MS = 120_000;

/** What a sweep finds unchanged is confirmed, and not written again. Null: never. */
const confirmedAt = ({ world, connectionId }: EngineFixture, key: DidKey): number | null => {
  const { stale, observedAt } = world.verdictRow(connectionId, key);
  if (observedAt === 0) return null;
  return stale ? observedAt : Math.max(observedAt, world.observedThrough(connectionId) ?? 0);
};

const standingOn = ({ world, connectionId }: EngineFixture): readonly Restraint[] => {
  const held = world.holdOf(connectionId);
  return held === null ? [] : [heldWrites(held)];
};

/** What dates conditions, as the stores on PostgreSQL note it. */
const recordOf = (fixture: EngineFixture, history: readonly HistoryRecord[]): ConditionFacts['record'] => {
  const reason = history.find(({ kind }) => kind === 'plan_changed')?.after?.['reason'];
  return {
    ...newConditionRecord(firstOf(history, 'declaration_created') ?? 0),
    stallReason: (reason ?? null) as StallReason | null,
    readySince: lastOf(history, 'verdict_changed'),
    modeTurns: history.filter(isTurnOfMode).map(({ at }) => at),
    standing: standingOn(fixture),
    writesTurns: history.filter(({ kind }) => kind.startsWith('hold_')).map(({ at }) => at),
    isDisconnected: fixture.world.isDisconnected(fixture.connectionId),
  };
};

/** The facts that the gateway reads of a number, as the stores in memory have them. */
const factsOf = (
  fixture: EngineFixture,
  key: DidKey,
  history: readonly HistoryRecord[],
  standing: readonly Restraint[],
): ConditionFacts => {
  const { world, connectionId, clock } = fixture;
  const row = world.bindingRow(connectionId, key);
  if (row === null) throw new Error(`${key} is not declared.`);
  const { state, stale } = world.verdictRow(connectionId, key);
  const observedAt = confirmedAt(fixture, key);
  const record = recordOf(fixture, history);
  return {
    generation: row.binding.generation,
    mode: row.binding.mode,
    status: row,
    verdict: {
      ...{ state, stale, observedAt },
      ageSeconds: observedAt === null ? null : Math.floor((clock.now() - observedAt) / 1_000),
    },
    record: withContest(
      { ...record, lookedAt: observedAt, standing: [...record.standing, ...standing] },
      row.repairs.contest,
    ),
  };
};

const isTurnOfMode = ({ kind, before, after }: HistoryRecord): boolean =>
  kind === 'declaration_updated' && before?.['mode'] !== after?.['mode'];

const firstOf = (history: readonly HistoryRecord[], kind: HistoryRecord['kind']): number | null =>
  history.findLast((record) => record.kind === kind)?.at ?? null;
const lastOf = (history: readonly HistoryRecord[], kind: HistoryRecord['kind']): number | null =>
  history.find((record) => record.kind === kind)?.at ?? null;

/** What was kept of a number, with what concerns its whole connection; the newest first. */
const historyOf = async (fixture: EngineFixture, key: DidKey): Promise<readonly HistoryRecord[]> => {
  const { partnerId } = fixture;
  const all = await fixture.world.history.read({ partnerId, limit: 1_000 });
  return all.filter((record) => record.key === key || record.key === null);
};

export const explanationFacts = async (
  fixture: EngineFixture,
  key: DidKey,
  { dryRun, standing = [] }: Pick<Scenario, 'dryRun' | 'standing'>,
): Promise<ExplanationFacts> => {
  const history = await historyOf(fixture, key);
  const facts = factsOf(fixture, key, history, standing);
  const row = fixture.world.bindingRow(fixture.connectionId, key);
  return {
    phoneNumber: `+${key}`,
    conditions: conditionsOf(facts, { freshForMs: FRESH_FOR_MS, mode: 'enforce', dryRun: dryRun === true }),
    ...verdictFacts(fixture, key),
    generation: facts.generation,
    releasing: row?.binding.releasing ?? null,
    outcome: facts.status.outcome,
    attempts: row?.attempts ?? 0,
    nextLookAt: facts.record.isDisconnected ? null : (row?.dueAt ?? null),
    observedAt: facts.verdict.observedAt,
    history,
  };
};

const verdictFacts = (
  { world, connectionId }: EngineFixture,
  key: DidKey,
): Pick<ExplanationFacts, 'issues' | 'advisories'> => {
  const { issues, advisories } = world.verdictRow(connectionId, key);
  return { issues, advisories };
};

const valueText = (value: unknown): string => (value === null ? '(nothing)' : JSON.stringify(value));

const entryText = ({ id, at, kind, actor, before, after, outcomes, answer }: HistoryRecord): readonly string[] => [
  `[${id}] ${new Date(at).toISOString()} ${kind} by ${actor}`,
  `    before: ${valueText(before)}`,
  `    after:  ${valueText(after)}`,
  ...outcomes.map((told) => `    outcome: ${told.outcome} at ${new Date(told.at).toISOString()}`),
  ...(answer === null ? [] : [`    answer: ${valueText(answer)}`]),
];

/** A page that a reader who does not know the code understands. */
export const pageOf = (title: string, facts: ExplanationFacts): string => {
  const statements = why(facts).map(({ text, entries }) => {
    const ids = entries.map(({ id }) => `[${id}]`).join('');
    return ids === '' ? `- ${text}` : `- ${text} ${ids}`;
  });
  const history = facts.history.flatMap(entryText);
  return [title, '', 'Why', ...statements, '', 'History, the newest first', ...history, ''].join('\n');
};
