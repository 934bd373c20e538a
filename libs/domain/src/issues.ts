import { activeBots, servingBot } from './bot';
import { isExpired } from './expiry';
import type { AgentId } from './ids';
import type { KeyObservation } from './observation';
import type { RemoteDid } from './remote';
import type { Section } from './snapshot';

export interface JudgeContext {
  /** The agent that a declaration names; null without one: then any agent will do. */
  readonly declaredAgentId: AgentId | null;
  /** Epoch ms. */
  readonly now: number;
}

type IssueTest = (observation: KeyObservation, context: JudgeContext) => boolean;

/** One issue: the lists that must be known before it may be said, whether it holds, and what to do about it. */
interface IssueRow {
  readonly needs: readonly Section[];
  readonly holds: IssueTest;
  readonly remedy: string;
}

const onListedDid =
  (test: (did: RemoteDid, observation: KeyObservation, context: JudgeContext) => boolean): IssueTest =>
  (observation, context) =>
    observation.did !== null && test(observation.did, observation, context);

/**
 * VoiceLink has never listed it to this partner, and nothing is left of it there or in the local inventory: a typing error, or a
 * number that is yet to be bought. Says something only while the DIDs are known.
 */
export const isNeverSeen = ({ did, routing, local, presence }: KeyObservation): boolean =>
  did === null && routing === null && local === null && presence.everListed !== true;

/**
 * In the order of precedence: the first issue that holds is the state. READY needs all lists. The remedies of NO_BOT,
 * ROUTING_MISSING and NO_VOCOBASE_AGENT are documented literals.
 */
const ROWS = {
  REMOTE_DID_DELETED: {
    needs: ['dids'],
    holds: (observation) => observation.did === null && !isNeverSeen(observation),
    remedy: 'Confirm in VoiceLink that this DID still exists before removing it locally',
  },
  REMOTE_DID_EXPIRED: {
    needs: ['dids'],
    holds: onListedDid((did, _, { now }) => isExpired(did, now)),
    remedy: 'Renew this DID in VoiceLink',
  },
  NOT_IMPORTED: {
    needs: ['dids'],
    holds: onListedDid((_, { local }) => local === null),
    remedy: 'Import this DID into local phone-number inventory',
  },
  NO_CLIENT_MAPPING: {
    needs: ['dids'],
    holds: onListedDid((did) => did.clientId === null),
    remedy: 'Map this DID to a VoiceLink client',
  },
  NO_BOT: {
    needs: ['dids', 'bots'],
    holds: onListedDid((did, observation) => did.clientId === null || activeBots(observation).length === 0),
    remedy: 'Create an active VoiceLink WebSocket bot for the mapped client',
  },
  ROUTING_MISSING: {
    needs: ['dids', 'routing'],
    holds: onListedDid((_, { routing }) => routing === null),
    remedy: 'Create VoiceLink call routing for this DID',
  },
  ROUTING_CHANGED: {
    needs: ['dids', 'bots', 'routing'],
    holds: onListedDid(
      (did, observation) => observation.routing !== null && (did.clientId === null || servingBot(observation) === null),
    ),
    remedy: 'Point outbound VoiceLink call routing of this DID to an active WebSocket bot',
  },
  NO_VOCOBASE_AGENT: {
    needs: [],
    holds: ({ local }, { declaredAgentId }) => {
      const agentId = local?.agentId ?? null;
      return agentId === null || (declaredAgentId !== null && agentId !== declaredAgentId);
    },
    remedy: 'Assign a Vocobase agent to the local PhoneNumber row',
  },
} as const satisfies Readonly<Record<string, IssueRow>>;

export type Issue = keyof typeof ROWS;

/** In the order of precedence. */
export const ISSUES = Object.keys(ROWS) as readonly Issue[];

export const ISSUE_ROWS: Readonly<Record<Issue, IssueRow>> = ROWS;

/** The lists that must be known before each issue may be said; READY needs all of them. */
export const ISSUE_NEEDS = Object.fromEntries(ISSUES.map((issue) => [issue, ISSUE_ROWS[issue].needs])) as Readonly<
  Record<Issue, readonly Section[]>
>;
