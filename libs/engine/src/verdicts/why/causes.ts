import type { Issue, ReadinessState } from '@dialtone/domain';
import type { HistoryRecord } from '../../ports/history';
import { authorText, clause, timeText, type ExplanationFacts, type Statement } from './explanation';
import { mayHaveChanged, writeText } from './told-writes';
import { ELSEWHERE } from './words';

const isVerdict = ({ kind }: HistoryRecord): boolean => kind === 'verdict_changed';

const stateOf = (facts: HistoryRecord['after']): ReadinessState => (facts?.['state'] ?? 'UNKNOWN') as ReadinessState;
const issuesOf = (facts: HistoryRecord['after']): readonly Issue[] => (facts?.['issues'] ?? []) as readonly Issue[];

const verdictText = (facts: HistoryRecord['after']): string =>
  issuesOf(facts).length > 1 ? `${stateOf(facts)} (with ${issuesOf(facts).slice(1).join(', ')})` : stateOf(facts);

/** Since when the verdict is as it is, and what it was before. */
export const sinceWhen = ({ history, conditions }: ExplanationFacts): Statement => {
  const turn = history.find(isVerdict);
  if (turn === undefined) {
    const ready = conditions.find(({ type }) => type === 'Ready');
    const text =
      ready === undefined ? 'Since when is not known.' : `Since ${timeText(ready.lastTransitionAt)} or longer.`;
    return { topic: 'since', text, entries: [] };
  }
  const at = timeText(turn.at);
  const text =
    turn.before === null
      ? `Since ${at}, when it was judged for the first time.`
      : `Since ${at}; before, it was ${verdictText(turn.before)}.`;
  return { topic: 'since', text, entries: [turn] };
};

/** What changed the verdict, as far as it is known. Null: there is no verdict yet. */
export const causeOf = ({ history }: ExplanationFacts): Statement | null => {
  const turn = history.find(isVerdict);
  if (turn === undefined) return null;
  const ended = turn.after?.['reason'];
  if (ended === 'disconnected') return told(`The connection was disconnected by ${authorText(turn)}.`, [turn]);
  if (ended === 'other_connection')
    return told('Another connection to the same VoiceLink account answers for the number.', [turn]);
  if (turn.before === null) return told('That is what the first complete look at VoiceLink found.', [turn]);
  return (isWorse(turn) ? breakerOf : makerOf)(turn, history) ?? elsewhere(turn);
};

/** The changes before the last one that are told. */
const TOLD_CHANGES = 3;

/** That the verdict does not stay as it is. */
export const flapping = ({ advisories, history }: ExplanationFacts): Statement | null => {
  const flap = advisories.find(({ code }) => code === 'FLAPPING');
  if (flap === undefined) return null;
  const text = `It does not stay as it is (FLAPPING, since ${timeText(flap.since)}). ${clause(flap.message)}.`;
  return { topic: 'flapping', text, entries: history.filter(isVerdict).slice(1, 1 + TOLD_CHANGES) };
};

/** An issue came that was not there before. */
const isWorse = ({ before, after }: HistoryRecord): boolean =>
  issuesOf(after).some((issue) => !issuesOf(before).includes(issue)) || stateOf(before) === 'READY';

const elsewhere = (turn: HistoryRecord): Statement =>
  told(`Nothing that was done through Dialtone led to it: ${ELSEWHERE[stateOf(turn.after)]}.`, [turn]);

/** What came after the verdict before this one, the newest first. */
const between = (turn: HistoryRecord, history: readonly HistoryRecord[]): readonly HistoryRecord[] => {
  const older = history.slice(history.indexOf(turn) + 1);
  const earlier = older.findIndex(isVerdict);
  return earlier < 0 ? older : older.slice(0, earlier);
};

/** A repair takes nothing away: only a request, or another declared agent, makes a verdict worse. */
const breakerOf = (turn: HistoryRecord, history: readonly HistoryRecord[]): Statement | null => {
  const since = between(turn, history);
  const request = since.find((record) => isWrite(record) && record.after?.['step'] === 'request');
  if (request !== undefined) return ofWrite(request, turn);
  const declared = since.find(({ kind }) => kind === 'declaration_updated');
  const isOfAgent = declared !== undefined && declared.before?.['agent_id'] !== declared.after?.['agent_id'];
  if (!isOfAgent || stateOf(turn.after) !== 'NO_VOCOBASE_AGENT') return null;
  return told(`Before that, ${authorText(declared)} had declared another agent (${timeText(declared.at)}).`, [
    declared,
    turn,
  ]);
};

/** What a reconcile did in the local inventory is kept at its end, after the verdict that it led to. */
const makerOf = (turn: HistoryRecord, history: readonly HistoryRecord[]): Statement | null => {
  const write = between(turn, history).find((record) => isWrite(record) && hasChanged(record));
  if (write !== undefined) return ofWrite(write, turn);
  const work = history.slice(0, history.indexOf(turn)).findLast(({ kind }) => kind === 'plan_changed');
  if (work === undefined || !hasTaken(work.after)) return null;
  return told(`Dialtone did it: ${takenText(work)} (${timeText(work.at)}).`, [work, turn]);
};

const hasChanged = ({ outcomes }: HistoryRecord): boolean =>
  outcomes.some(({ outcome }) => outcome === 'done' || outcome === 'applied');

const isWrite = (record: HistoryRecord): boolean => record.kind === 'upstream_write' && mayHaveChanged(record);

const ofWrite = (write: HistoryRecord, turn: HistoryRecord): Statement =>
  told(`Before that, ${authorText(write)} had asked VoiceLink ${writeText(write)}, at ${timeText(write.at)}.`, [
    write,
    turn,
  ]);

const told = (text: string, entries: readonly HistoryRecord[]): Statement => ({ topic: 'cause', text, entries });

const takenOf = (facts: HistoryRecord['after']): readonly { readonly detail: string }[] =>
  (facts?.['taken'] ?? []) as readonly { readonly detail: string }[];

export const hasTaken = (facts: HistoryRecord['after']): boolean => takenOf(facts).length > 0;

export const takenText = ({ after }: HistoryRecord): string =>
  takenOf(after)
    .map(({ detail }) => detail)
    .join(', ');
