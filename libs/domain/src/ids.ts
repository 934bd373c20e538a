/** Nominal typing: a branded string can only come from the parse function that mints it. */
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** UUID of a partner (tenant). */
export type PartnerId = Brand<string, 'PartnerId'>;
/** UUID of a telephony connection. */
export type ConnectionId = Brand<string, 'ConnectionId'>;
/** UUID of an agent. */
export type AgentId = Brand<string, 'AgentId'>;
/** UUID of a local inventory row. */
export type PhoneNumberId = Brand<string, 'PhoneNumberId'>;
/** UUID of a binding. */
export type BindingId = Brand<string, 'BindingId'>;
/** Digits-only canonical form of a phone number with its country code: the join key of everything. */
export type DidKey = Brand<string, 'DidKey'>;
/** UUID of one drift, from detection to resolution. */
export type DriftId = Brand<string, 'DriftId'>;
/** UUID of a subscription of a partner that gets events by HTTP. */
export type WebhookId = Brand<string, 'WebhookId'>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const parseUuid = (raw: string): string | null => (UUID.test(raw) ? raw.toLowerCase() : null);

/** Each parser returns null for anything that is not a UUID; the caller words the error. */
export const parsePartnerId = (raw: string): PartnerId | null => parseUuid(raw) as PartnerId | null;
export const parseConnectionId = (raw: string): ConnectionId | null => parseUuid(raw) as ConnectionId | null;
export const parseAgentId = (raw: string): AgentId | null => parseUuid(raw) as AgentId | null;
export const parsePhoneNumberId = (raw: string): PhoneNumberId | null => parseUuid(raw) as PhoneNumberId | null;
export const parseBindingId = (raw: string): BindingId | null => parseUuid(raw) as BindingId | null;
export const parseDriftId = (raw: string): DriftId | null => parseUuid(raw) as DriftId | null;
export const parseWebhookId = (raw: string): WebhookId | null => parseUuid(raw) as WebhookId | null;
