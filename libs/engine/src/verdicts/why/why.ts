import type { StallReason } from '../../ports/outcome';
import type { HistoryRecord } from '../../ports/history';
import type { Condition, ConditionType } from '../conditions/condition';
import { ENDLESS, PASSING } from '../conditions/ready-prospect';
import { causeOf, flapping, hasTaken, sinceWhen, takenText } from './causes';
import { authorText, clause, timeText, type ExplanationFacts, type Statement } from './explanation';
import { RELEASE_REMEDY, withdrawal } from './release-words';
import { writeOutcomeText, writeText } from './told-writes';
import { DENIED_REMEDIES, STALL_REMEDIES, STATE_WORDS } from './words';

/** How many of the last attempts are told. */
const TOLD = 3;

/**
 * Why a declared number is as it is, in sentences made of facts: what it is, what is missing, since when, what changed it, what was
 * tried, what happens next and what a person has to do. It says what conditions, status and history say, and nothing else.
 */
export const why = (facts: ExplanationFacts): readonly Statement[] => {
  const conditions = Object.fromEntries(facts.conditions.map((one) => [one.type, one])) as Conditions;
  return [
    stateOf(facts, conditions),
    withdrawal(facts),
    missing(facts),
    sinceWhen(facts),
    causeOf(facts),
    flapping(facts),
    tried(facts),
    freshness(facts, conditions),
    permission(facts, conditions),
    next(facts, conditions),
    person(facts, conditions),
  ].filter((statement) => statement !== null);
};

type Conditions = Readonly<Record<ConditionType, Condition>>;

const stateOf = ({ phoneNumber }: ExplanationFacts, { Ready }: Conditions): Statement => {
  const state = Ready.reason as keyof typeof STATE_WORDS;
  const isReady =
    Ready.status === 'True' ? 'is READY' : Ready.status === 'False' ? 'is not ready' : 'is not known to be ready';
  return { topic: 'state', text: `${phoneNumber} ${isReady} (${state}): it ${STATE_WORDS[state]}.`, entries: [] };
};

/** Beside what the state says already. */
const missing = ({ issues }: ExplanationFacts): Statement | null => {
  const others = issues.slice(1).map((issue) => `it ${STATE_WORDS[issue]} (${issue})`);
  return others.length === 0 ? null : { topic: 'missing', text: `Besides, ${others.join('; ')}.`, entries: [] };
};

/** Since the verdict before the present one, or since the declaration: what led to it, and what came after. */
const tried = ({ history }: ExplanationFacts): Statement | null => {
  const began = history.findIndex(
    ({ kind, before }) =>
      kind === 'declaration_created' || (kind === 'verdict_changed' && before?.['state'] === 'READY'),
  );
  const since = began < 0 ? history : history.slice(0, began);
  const writes = since.filter(({ kind }) => kind === 'upstream_write');
  const last = writes.slice(0, TOLD).reverse();
  const earlier = writes.length - last.length;
  if (last.length > 0) {
    const texts = last.map(
      (write) =>
        `at ${timeText(write.at)} ${authorText(write)} asked VoiceLink ${writeText(write)}, and ${writeOutcomeText(write)}`,
    );
    const before = earlier === 0 ? '' : ` (${String(earlier)} earlier ones are in the history)`;
    return { topic: 'tried', text: `What was tried: ${texts.map(clause).join('; ')}${before}.`, entries: last };
  }
  const own = since.find(({ after }) => hasTaken(after));
  if (own !== undefined)
    return {
      topic: 'tried',
      text: `What was done: ${takenText(own)} (${timeText(own.at)}). Nothing was sent to VoiceLink.`,
      entries: [own],
    };
  return { topic: 'tried', text: 'Nothing was sent to VoiceLink for it since then.', entries: [] };
};

const freshness = ({ observedAt }: ExplanationFacts, { DataFresh }: Conditions): Statement | null => {
  if (DataFresh.status === 'True') return null;
  const last = observedAt === null ? '' : ` The last look that confirmed it was at ${timeText(observedAt)}.`;
  return { topic: 'freshness', text: `${clause(DataFresh.message)}.${last}`, entries: [] };
};

const BEGINNINGS: readonly HistoryRecord['kind'][] = ['hold_begun', 'pause_begun', 'repair_contested'];

const permission = ({ history }: ExplanationFacts, { WritesAllowed }: Conditions): Statement | null => {
  if (WritesAllowed.status === 'True') return null;
  const begun = history.find(({ kind }) => BEGINNINGS.includes(kind));
  const isBegun = begun !== undefined && (WritesAllowed.reason === 'WRITES_HELD' || begun.kind !== 'hold_begun');
  const text = `Dialtone may not write to VoiceLink for it (${WritesAllowed.reason}), since ${timeText(WritesAllowed.lastTransitionAt)}: ${clause(WritesAllowed.message)}.`;
  return { topic: 'permission', text, entries: isBegun ? [begun] : [] };
};

const next = (facts: ExplanationFacts, conditions: Conditions): Statement => {
  const plan = facts.history.find(({ kind }) => kind === 'plan_changed');
  const entries = plan === undefined || facts.outcome === 'pending' ? [] : [plan];
  return { topic: 'next', text: nextText(facts, conditions), entries };
};

const nextText = (
  { outcome, attempts, nextLookAt, generation, releasing }: ExplanationFacts,
  { Progressing, Stalled, WritesAllowed }: Conditions,
): string => {
  if (WritesAllowed.reason === 'DISCONNECTED' || nextLookAt === null)
    return 'Nothing more happens on this connection: it is disconnected.';
  const at = timeText(nextLookAt);
  switch (outcome) {
    case 'pending':
      return `${releasing === null ? `Generation ${String(generation)} of the declaration` : 'The withdrawal'} has not been worked on yet; that is due at ${at}.`;
    case 'settled':
      return `Nothing is left to do. Dialtone looks again at ${at} at the latest, and ${WritesAllowed.status === 'True' ? 'repairs' : 'tells'} what it finds.`;
    case 'progressing':
      return `Dialtone waits and goes on by itself at ${at}: ${clause(Progressing.message)}.`;
    case 'retry':
      return `The last attempt came to nothing: ${clause(Progressing.message)}. Dialtone tries again at ${at}, for the ${ordinal(attempts + 1)} time.`;
    case 'stalled':
      return `Dialtone cannot go on by itself (${Stalled.reason}): ${clause(Stalled.message)}. It looks again at ${at}, and at once when the declaration or the verdict changes.`;
  }
};

const ordinal = (count: number): string => {
  const tens = count % 100;
  const suffix = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${String(count)}${suffix}`;
};

const person = (facts: ExplanationFacts, { Ready, Stalled, WritesAllowed }: Conditions): Statement => {
  const told = (text: string): Statement => ({ topic: 'person', text, entries: [] });
  if (Stalled.status === 'True')
    return told(`${NEEDED} ${stallRemedy(Stalled.reason as StallReason, facts.releasing !== null)}`);
  const { status, reason } = WritesAllowed;
  const remedy = status === 'True' ? null : DENIED_REMEDIES[reason as keyof typeof DENIED_REMEDIES];
  if (remedy !== null && PASSING.includes(reason)) return told(`${NOT_NEEDED} ${remedy}`);
  if (remedy !== null && (Ready.status === 'False' || ENDLESS.includes(reason))) return told(`${NEEDED} ${remedy}`);
  return told(facts.outcome === 'retry' && facts.attempts > MANY_ATTEMPTS ? LOOK : NOT_NEEDED);
};

const MODES: readonly StallReason[] = ['MODE_OBSERVE', 'MODE_CREATE_ONLY'];

/** What a mode keeps a declaration from is not what it keeps a release from. */
const stallRemedy = (reason: StallReason, isReleasing: boolean): string => {
  if (!isReleasing) return STALL_REMEDIES[reason];
  return MODES.includes(reason) ? RELEASE_REMEDY : `${STALL_REMEDIES[reason]} ${RELEASE_REMEDY}`;
};

const NEEDED = 'A person has to do something.';
const NOT_NEEDED = 'Nobody has to do anything.';
/** From then on waiting alone seldom helps. */
const MANY_ATTEMPTS = 5;
const LOOK = 'Nobody has to, but many attempts have failed: look at what VoiceLink said.';
