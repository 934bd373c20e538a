import type {
  BindingSpec,
  KeyObservation,
  Listing,
  LocalKnowledge,
  LocalPhoneNumber,
  Section,
  SectionRows,
  Snapshot,
} from '@dialtone/domain';
import { deepFreeze } from './deep-freeze';
import { aDidKey, anAgentId, aPhoneNumberId, nextId } from './ids';
import { aBot, aDid, aRouting } from './remote';

/** When everything that the builders make was observed. Epoch ms. */
export const OBSERVED_AT = Date.UTC(2026, 0, 15, 12);

export const complete = <Row>(rows: readonly Row[]): Listing<Row> => ({ status: 'complete', rows });
export const truncated = <Row>(rows: readonly Row[]): Listing<Row> => ({
  status: 'truncated',
  rows,
  message: 'the total changed while it was paged',
});
export const failed = (): { readonly status: 'failed'; readonly rows: readonly []; readonly message: string } => ({
  status: 'failed',
  rows: [],
  message: 'HTTP 502',
});

type ListingOverrides = { readonly [S in Section]?: Listing<SectionRows[S]> | readonly SectionRows[S][] };

const listingOf = <Row>(given: Listing<Row> | readonly Row[] | undefined): Listing<Row> => {
  if (given === undefined) return complete([]);
  return 'status' in given ? given : complete(given);
};

/** Five lists: given rows make a complete list, a missing one is complete and empty. */
export const aSnapshot = (overrides: ListingOverrides & { readonly startedAt?: number } = {}): Snapshot =>
  deepFreeze({
    startedAt: overrides.startedAt ?? OBSERVED_AT,
    clients: listingOf(overrides.clients),
    dids: listingOf(overrides.dids),
    available_dids: listingOf(overrides.available_dids),
    bots: listingOf(overrides.bots),
    routing: listingOf(overrides.routing),
  });

/** A local inventory row with an agent. */
export const aPhoneNumber = (overrides: Partial<LocalPhoneNumber> = {}): LocalPhoneNumber =>
  deepFreeze({
    id: aPhoneNumberId(),
    key: aDidKey(overrides.key),
    agentId: anAgentId(),
    agentName: 'Sales Agent',
    ...overrides,
  });

/** Local knowledge before a sweep: none, unless given. Phone numbers are keyed by their own key. */
export const localKnowledge = (
  overrides: Partial<Omit<LocalKnowledge, 'phoneNumbers'>> & {
    readonly phoneNumbers?: readonly LocalPhoneNumber[];
  } = {},
): LocalKnowledge =>
  deepFreeze({
    declaredClients: new Map(),
    memory: new Map(),
    misreportedBotIds: new Set<number>(),
    ...overrides,
    phoneNumbers: new Map((overrides.phoneNumbers ?? []).map((row) => [row.key, row])),
  });

/** A READY key: seen in complete listings, mapped, served by an active bot, with an agent. */
export const anObservation = (overrides: Partial<KeyObservation> = {}): KeyObservation => {
  const key = overrides.key ?? aDidKey();
  const did = aDid({ key, clientId: nextId() });
  const bot = aBot({ clientId: did.clientId });
  return deepFreeze({
    key,
    observedAt: OBSERVED_AT,
    unknown: [],
    did,
    bots: [bot],
    routing: aRouting({ key, didId: did.didId, outboundBotId: bot.id }),
    extraRoutingIds: [],
    misreportedBotIds: [],
    local: aPhoneNumber({ key }),
    presence: { did: 'present', bot: 'present', routing: 'present' },
    ...overrides,
  });
};

/** An enforced declaration that leaves everything but the agent to the defaults. */
export const aSpec = (overrides: Partial<BindingSpec> = {}): BindingSpec =>
  deepFreeze({
    agentId: anAgentId(),
    clientId: null,
    botName: null,
    websocketUrl: null,
    mode: 'enforce',
    release: 'keep',
    ...overrides,
  });
