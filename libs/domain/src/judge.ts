import { activeBots, servingBot } from './bot';
import { isNeverSeen, ISSUE_NEEDS, ISSUE_ROWS, ISSUES, type Issue, type JudgeContext } from './issues';
import { phoneNumberOf } from './key';
import type { KeyObservation } from './observation';
import { unknownSectionsOf } from './presence';
import type { RemoteBot } from './remote';
import { NEVER_SEEN, type ActionItem, type Readiness, type ReadinessState } from './readiness';
import type { Section } from './snapshot';

export const actionItemOf = (issue: Issue): ActionItem => ({ code: issue, label: ISSUE_ROWS[issue].remedy });

interface Told {
  readonly issues: readonly Issue[];
  readonly actionItems: readonly ActionItem[];
}

/** By the issues: a hundred thousand numbers have some dozen verdicts, and share their lists. */
const TOLD = new Map<string, Told>();

const toldOf = (issues: readonly Issue[]): Told => {
  const name = issues.join();
  const known = TOLD.get(name);
  if (known !== undefined) return known;
  const told = { issues: Object.freeze(issues), actionItems: Object.freeze(issues.map(actionItemOf)) };
  TOLD.set(name, told);
  return told;
};

const canTell = (issue: Issue, unknownSections: readonly Section[]): boolean =>
  unknownSections.length === 0 || !ISSUE_NEEDS[issue].some((section) => unknownSections.includes(section));

/** True if a known fact contradicts the stored verdict. */
export const isRefuted = (
  { state, issues }: Pick<Readiness, 'state' | 'issues'>,
  observation: KeyObservation,
  context: JudgeContext,
): boolean => {
  const unknownSections = unknownSectionsOf(observation);
  if (state === NEVER_SEEN) return !unknownSections.includes('dids') || observation.local !== null;
  return ISSUES.some(
    (issue) =>
      canTell(issue, unknownSections) && ISSUE_ROWS[issue].holds(observation, context) !== issues.includes(issue),
  );
};

/** The verdict on one key. Total and synchronous; unknown facts never make an issue. */
export const judgeReadiness = (observation: KeyObservation, context: JudgeContext): Readiness => {
  const unknownSections = unknownSectionsOf(observation);
  const isKnown = (issue: Issue): boolean => canTell(issue, unknownSections);
  const found = ISSUES.filter((issue) => isKnown(issue) && ISSUE_ROWS[issue].holds(observation, context));
  const isUnseen = !unknownSections.includes('dids') && isNeverSeen(observation);
  const state = isUnseen ? NEVER_SEEN : stateOf(found, isKnown);
  const issues = state === 'UNKNOWN' || state === NEVER_SEEN ? [] : found;
  return {
    key: observation.key,
    phoneNumber: phoneNumberOf(observation.key),
    state,
    ...toldOf(issues),
    complete: unknownSections.length === 0,
    unknownSections,
    bot: shownBot(observation),
  };
};

/** The first issue that holds, unless one of higher precedence cannot be told: then nothing can be said. */
const stateOf = (issues: readonly Issue[], isKnown: (issue: Issue) => boolean): ReadinessState => {
  const first = issues[0];
  const earlier = first === undefined ? ISSUES : ISSUES.slice(0, ISSUES.indexOf(first));
  if (!earlier.every(isKnown)) return 'UNKNOWN';
  return first ?? 'READY';
};

/** The bot that serves the DID, else the one that would be reused. */
export const shownBot = (observation: KeyObservation): RemoteBot | null =>
  servingBot(observation) ?? activeBots(observation)[0] ?? null;
