import type { RoutingFields } from '@dialtone/domain';
import type { RemoteBotFields } from '@dialtone/engine';

type Body = Readonly<Record<string, unknown>>;

/** One outbound call. */
export interface PlaceCallInput {
  /** The DID that is shown to the callee: digits with country code, as VoiceLink lists it. */
  readonly from: string;
  /** Digits with country code. */
  readonly to: string;
  /** Handed on to the bot with the call. */
  readonly parameters: Body;
  /** Where VoiceLink tells how the call goes; it cannot be asked. */
  readonly webhookUrl?: string | undefined;
}

/** VoiceLink upstream notes §6.3: the three required fields. The effect of the optional ones is unknown, so none is sent. */
export const mapDidBody = (input: {
  readonly didId: number;
  readonly clientId: number;
  readonly callRecording: 0 | 1;
}): Body => ({
  client_id: input.clientId,
  did_id: input.didId,
  call_recording: input.callRecording,
});

/** VoiceLink upstream notes §7.2. */
export const createBotBody = (input: RemoteBotFields & { readonly clientId: number }): Body => ({
  ...botFields(input),
  client_id: input.clientId,
});

/**
 * VoiceLink upstream notes §7.3: an update replaces the record, so it sends back all fields that were read, except those that
 * the server makes (ids, times, labels, nested records). Nulls are left out, as in every known client.
 */
export const updateBotBody = (fields: RemoteBotFields, keep: Body): Body => ({
  ...writableFields(keep),
  ...botFields(fields),
});

/** VoiceLink upstream notes §8.2: the DID by its id, which is preferred to the number; always with a status. */
export const createRoutingBody = (didId: number, fields: RoutingFields): Body => ({
  did_id: didId,
  ...routingFields(fields),
});

/** VoiceLink upstream notes §8.3: both halves, every time; a handler is dropped by leaving its id out. */
export const updateRoutingBody = (fields: RoutingFields, keep: Body): Body => ({
  ...unnamedRoutingFields(keep),
  ...routingFields(fields),
});

/**
 * The fields of a routing record that an update sends back besides modes, handlers and status. They include the mobile number of
 * inbound mode 1, whose field name is unknown (VoiceLink upstream notes §8.1). The DID and its client are not part of an
 * update.
 */
export const unnamedRoutingFields = (record: Body): Body =>
  Object.fromEntries(Object.entries(writableFields(record)).filter(([name]) => !NAMED_OF_ROUTING.has(name)));

/**
 * `add_lead` by the names that public integrations use: numbers as digits with their country code, and a text of the
 * caller's own that comes back with the events of the call (VoiceLink upstream notes §11).
 */
export const placeCallBody = ({ from, to, parameters, webhookUrl }: PlaceCallInput): Body => ({
  did_number: from,
  customer_number: to,
  custom_parameters: JSON.stringify(parameters),
  ...(webhookUrl !== undefined && { webhook_url: webhookUrl }),
});

const botFields = ({ name, websocketUrl, active }: RemoteBotFields): Body => ({
  bot_name: name,
  websocket_url: websocketUrl,
  status: active ? 1 : 0,
});

/** The fields of a record that an update sends back unchanged, including fields that Dialtone does not model. */
export const writableFields = (record: Body): Body =>
  Object.fromEntries(Object.entries(record).filter(([name, value]) => isWritable(name, value)));

const MADE_BY_SERVER = /^(?:id|bot_id|(?:created|updated|deleted)_at|.*_label)$/;

const isWritable = (name: string, value: unknown): boolean =>
  !MADE_BY_SERVER.test(name) && ['string', 'number', 'boolean'].includes(typeof value);

const NAMED_OF_ROUTING = new Set([
  ...['for_inbound_call', 'inbound_websocket_bot_id', 'inbound_sip_trunk_id'],
  ...['for_outbound_call', 'outbound_websocket_bot_id', 'outbound_sip_trunk_id'],
  ...['status', 'did_id', 'did_number', 'country_code', 'client_id'],
]);

const routingFields = (fields: RoutingFields): Body => ({
  for_inbound_call: fields.forInboundCall,
  for_outbound_call: fields.forOutboundCall,
  ...whenSet('inbound_websocket_bot_id', fields.inboundBotId),
  ...whenSet('inbound_sip_trunk_id', fields.inboundTrunkId),
  ...whenSet('outbound_websocket_bot_id', fields.outboundBotId),
  ...whenSet('outbound_sip_trunk_id', fields.outboundTrunkId),
  status: 1,
});

const whenSet = (name: string, id: number | null): Body => (id === null ? {} : { [name]: id });
