import { activeBots, servingBot } from './bot';
import type { AgentId } from './ids';
import { phoneNumberOf } from './key';
import { actionItemOf } from './labels';
import { KEY_SECTIONS, suspectSections } from './presence';
import { ISSUES, type Issue, type KeyObservation, type Readiness, type ReadinessState } from './readiness';
import type { RemoteDid } from './remote';
import type { Section } from './snapshot';

/** What each issue needs to be known before it may be said; READY needs all of it. */
export const ISSUE_NEEDS: Readonly<Record<Issue, readonly Section[]>> = {
  REMOTE_DID_DELETED: ['dids'],
  REMOTE_DID_EXPIRED: ['dids'],
  NOT_IMPORTED: ['dids'],
  NO_CLIENT_MAPPING: ['dids'],
  NO_BOT: ['dids', 'bots'],
  ROUTING_MISSING: ['dids', 'routing'],
  ROUTING_CHANGED: ['dids', 'bots', 'routing'],
  NO_VOCOBASE_AGENT: [],
};

export interface JudgeContext {
  /** The agent that a declaration names; null without one: then any agent will do. */
  readonly declaredAgentId: AgentId | null;
  /** Epoch ms. */
  readonly now: number;
}

type IssueTest = (observation: KeyObservation, context: JudgeContext) => boolean;

const onListedDid =
  (test: (did: RemoteDid, observation: KeyObservation, context: JudgeContext) => boolean): IssueTest =>
  (observation, context) =>
    observation.did !== null && test(observation.did, observation, context);

/**
 * VoiceLink's own mark wins over the date, which it may leave standing through a grace period (unknown, VoiceLink
 * upstream notes §10.15); the date decides only when there is no mark.
 */
export const isExpired = (did: RemoteDid, now: number): boolean =>
  did.isExpired ?? (did.expiresAt !== null && did.expiresAt <= now);

const TESTS: Readonly<Record<Issue, IssueTest>> = {
  REMOTE_DID_DELETED: ({ did }) => did === null,
  REMOTE_DID_EXPIRED: onListedDid((did, _, { now }) => isExpired(did, now)),
  NOT_IMPORTED: onListedDid((_, { local }) => local === null),
  NO_CLIENT_MAPPING: onListedDid((did) => did.clientId === null),
  NO_BOT: onListedDid((did, observation) => did.clientId === null || activeBots(observation).length === 0),
  ROUTING_MISSING: onListedDid((_, { routing }) => routing === null),
  ROUTING_CHANGED: onListedDid(
    (did, observation) => observation.routing !== null && (did.clientId === null || servingBot(observation) === null),
  ),
  NO_VOCOBASE_AGENT: ({ local }, { declaredAgentId }) => {
    const agentId = local?.agentId ?? null;
    return agentId === null || (declaredAgentId !== null && agentId !== declaredAgentId);
  },
};

/** Sections that say nothing about this key: not complete, or missing something that was there a listing ago. */
export const unknownSectionsOf = ({ unknown, presence }: KeyObservation): Section[] => {
  const suspect = suspectSections(presence);
  return KEY_SECTIONS.filter((section) => unknown.includes(section) || suspect.includes(section));
};

const canTell = (issue: Issue, unknownSections: readonly Section[]): boolean =>
  !ISSUE_NEEDS[issue].some((section) => unknownSections.includes(section));

/** Whether something that can be told speaks against an earlier verdict with these issues, be it for or against one of them. */
export const isRefuted = (issues: readonly Issue[], observation: KeyObservation, context: JudgeContext): boolean => {
  const unknownSections = unknownSectionsOf(observation);
  return ISSUES.some(
    (issue) => canTell(issue, unknownSections) && TESTS[issue](observation, context) !== issues.includes(issue),
  );
};

/** The verdict on one key. Total and synchronous; unknown facts never make an issue. */
export const judgeReadiness = (observation: KeyObservation, context: JudgeContext): Readiness => {
  const unknownSections = unknownSectionsOf(observation);
  const isKnown = (issue: Issue): boolean => canTell(issue, unknownSections);
  const found = ISSUES.filter((issue) => isKnown(issue) && TESTS[issue](observation, context));
  const state = stateOf(found, isKnown);
  const issues = state === 'UNKNOWN' ? [] : found;
  return {
    key: observation.key,
    phoneNumber: phoneNumberOf(observation.key),
    state,
    issues,
    actionItems: issues.map(actionItemOf),
    complete: unknownSections.length === 0,
    unknownSections,
    bot: servingBot(observation) ?? activeBots(observation)[0] ?? null,
  };
};

/** The first issue that holds, unless one of higher precedence cannot be told: then nothing can be said. */
const stateOf = (issues: readonly Issue[], isKnown: (issue: Issue) => boolean): ReadinessState => {
  const first = issues[0];
  const earlier = first === undefined ? ISSUES : ISSUES.slice(0, ISSUES.indexOf(first));
  if (!earlier.every(isKnown)) return 'UNKNOWN';
  return first ?? 'READY';
};
