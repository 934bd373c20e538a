import {
  NOTHING_SEEN,
  redactSecrets,
  type KeyObservation,
  type LocalPhoneNumber,
  type RemoteBot,
  type RemoteDid,
  type RemoteRecord,
  type RemoteRouting,
} from '@dialtone/domain';

// Defaults for fields that did not exist when a row was written. A field that is added to one of these types does not
// compile without its default.
const OF_DID: Omit<RemoteDid, 'key' | 'didId' | 'didNumber'> = {
  raw: {},
  clientId: null,
  status: null,
  isExpired: null,
  expiresAt: null,
};
const OF_BOT: Omit<RemoteBot, 'id'> = { raw: {}, name: null, websocketUrl: null, clientId: null, active: null };
const OF_ROUTING: Omit<RemoteRouting, 'id' | 'key'> = {
  raw: {},
  didId: null,
  forInboundCall: null,
  forOutboundCall: null,
  inboundBotId: null,
  inboundTrunkId: null,
  outboundBotId: null,
  outboundTrunkId: null,
  active: null,
};
const OF_LOCAL: Omit<LocalPhoneNumber, 'id' | 'key'> = { agentId: null, agentName: null };
const OF_OBSERVATION: Omit<KeyObservation, 'key' | 'observedAt'> = {
  unknown: [],
  did: null,
  bots: [],
  routing: null,
  extraRoutingIds: [],
  misreportedBotIds: [],
  local: null,
  presence: NOTHING_SEEN,
};

type Grown<Whole, Defaults> = Omit<Whole, keyof Defaults> & Partial<Whole>;

/** `dids.observation`: a row of an earlier version may lack any field that has a default. */
export interface StoredObservation extends Pick<KeyObservation, 'key' | 'observedAt'>, Partial<Lists> {
  readonly did?: Grown<RemoteDid, typeof OF_DID> | null;
  readonly bots?: readonly Grown<RemoteBot, typeof OF_BOT>[];
  readonly routing?: Grown<RemoteRouting, typeof OF_ROUTING> | null;
  readonly local?: Grown<LocalPhoneNumber, typeof OF_LOCAL> | null;
  readonly presence?: Partial<KeyObservation['presence']>;
}
type Lists = Pick<KeyObservation, 'unknown' | 'extraRoutingIds' | 'misreportedBotIds'>;

/** VoiceLink's records may contain secrets that no reader of a verdict needs; `raw` is for people only. */
export const toStoredObservation = (observation: KeyObservation): StoredObservation => ({
  ...observation,
  did: observation.did && withoutSecrets(observation.did),
  bots: observation.bots.map(withoutSecrets),
  routing: observation.routing && withoutSecrets(observation.routing),
});

export const fromStored = (stored: StoredObservation): KeyObservation => ({
  ...OF_OBSERVATION,
  ...stored,
  did: stored.did ? { ...OF_DID, ...stored.did } : null,
  bots: (stored.bots ?? []).map((bot) => ({ ...OF_BOT, ...bot })),
  routing: stored.routing ? { ...OF_ROUTING, ...stored.routing } : null,
  local: stored.local ? { ...OF_LOCAL, ...stored.local } : null,
  presence: { ...NOTHING_SEEN, ...stored.presence },
});

const withoutSecrets = <Row extends RemoteRecord>(row: Row): Row => ({ ...row, raw: redactSecrets(row.raw) });
