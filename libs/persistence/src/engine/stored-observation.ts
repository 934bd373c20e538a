import {
  isWithoutSecrets,
  NOTHING_SEEN,
  redactSecrets,
  type KeyObservation,
  type LocalPhoneNumber,
  type RemoteBot,
  type RemoteDid,
  type RemoteRecord,
  type RemoteRouting,
} from '@dialtone/domain';
import { json } from '../db';

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

/**
 * JSON of what is stored. VoiceLink's records may contain secrets that no reader of a verdict needs; `raw` is for people only, and is taken over as
 * it was received where it holds nothing to hide or to mend.
 */
export const storedObservationText = ({ did, bots, routing, ...rest }: KeyObservation): string =>
  `${json(rest).slice(0, -1)},"did":${recordText(did)},"bots":[${bots.map(recordText).join()}],"routing":${recordText(routing)}}`;

const recordText = (row: RemoteRecord | null): string => {
  if (row === null) return 'null';
  const { rawText } = row;
  if (rawText === undefined || !isPlain(rawText)) return json({ ...row, raw: redactSecrets(row.raw) });
  // Without `raw`, which is no own property where there is a text.
  return `${json(row).slice(0, -1)},"raw":${rawText}}`;
};

/** PostgreSQL refuses numbers with more than 16,000 digits, or as large as their exponent says. */
const LONGEST = 10_000;
const EXPONENT = /\d[eE][-+]?\d/;
const isPlain = (record: string): boolean =>
  record.length <= LONGEST && isWithoutSecrets(record) && !EXPONENT.test(record);

export const fromStored = (stored: StoredObservation): KeyObservation => ({
  ...OF_OBSERVATION,
  ...stored,
  did: stored.did ? { ...OF_DID, ...stored.did } : null,
  bots: (stored.bots ?? []).map((bot) => ({ ...OF_BOT, ...bot })),
  routing: stored.routing ? { ...OF_ROUTING, ...stored.routing } : null,
  local: stored.local ? { ...OF_LOCAL, ...stored.local } : null,
  presence: { ...NOTHING_SEEN, ...stored.presence },
});
