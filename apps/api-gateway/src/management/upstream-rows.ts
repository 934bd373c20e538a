export interface UpstreamRow {
  readonly title: string;
  readonly type: 'object';
  readonly additionalProperties: true;
  readonly description: string;
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A record of VoiceLink: what is not named here is passed on as well. */
export const RECORD = { type: 'object', additionalProperties: true } as const;

const ID = { type: 'integer' } as const;
const ID_OR_NULL = { type: 'integer', nullable: true } as const;
const NAME = { type: 'string', nullable: true } as const;
/** VoiceLink lists a number as digits or as a JSON number (VoiceLink upstream notes §10.1). */
const DID_NUMBER = {
  oneOf: [{ type: 'string' }, { type: 'integer', format: 'int64' }],
  description: 'Digits.',
} as const;

const row = (title: string, description: string, properties: UpstreamRow['properties']): UpstreamRow => ({
  title,
  ...RECORD,
  description,
  properties,
});

/** Ids and names of the rows that VoiceLink lists (VoiceLink upstream notes §5.1, §6.1, §6.2, §7.1, §8.1). */
export const CLIENT_ROW = row('VoiceLinkClient', 'A client as VoiceLink lists it.', {
  id: ID,
  username: NAME,
  email: NAME,
  name: NAME,
  first_name: NAME,
  last_name: NAME,
});

export const DID_ROW = row('VoiceLinkDid', 'A number as VoiceLink lists it.', {
  id: ID,
  did_id: ID,
  did_number: DID_NUMBER,
  client_id: ID_OR_NULL,
});

export const BOT_ROW = row('VoiceLinkBot', 'A WebSocket bot as VoiceLink lists it.', {
  id: ID,
  bot_name: NAME,
  client_id: ID_OR_NULL,
  reseller_id: ID_OR_NULL,
});

export const ROUTING_ROW = row('VoiceLinkRouting', 'A routing record as VoiceLink lists it.', {
  id: ID,
  did_id: ID_OR_NULL,
  did_number: DID_NUMBER,
  inbound_websocket_bot_id: ID_OR_NULL,
  inbound_sip_trunk_id: ID_OR_NULL,
  outbound_websocket_bot_id: ID_OR_NULL,
  outbound_sip_trunk_id: ID_OR_NULL,
});
