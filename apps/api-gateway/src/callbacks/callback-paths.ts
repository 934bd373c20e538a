import { CALLERS_BACK, POINTING_CARRIERS, type CallerBack, type PointingCarrier } from '@dialtone/carriers';
import { parseConnectionId, type ConnectionId } from '@dialtone/domain';

/** What a carrier calls back for: where an answered call goes, or how a call goes. */
export type CallbackKind = 'answer' | 'status';

export const CALLBACK_KINDS: readonly CallbackKind[] = ['answer', 'status'];

const TOKEN = /^[\w-]{32,64}$/;

/** One callback, as its path names it. */
export interface CallbackPath {
  readonly provider: CallerBack;
  readonly token: string;
  readonly kind: CallbackKind;
}

/** Null for a path that no carrier was given. */
export const callbackPathOf = (params: unknown): CallbackPath | null => {
  const { provider, token, kind } = params as Readonly<Record<string, string | undefined>>;
  const [name, what] = [
    CALLERS_BACK.find((known) => known === provider),
    CALLBACK_KINDS.find((known) => known === kind),
  ];
  // VoiceLink's bot knows its endpoint by itself.
  if (name === 'voicelink' && what === 'answer') return null;
  return name === undefined || what === undefined || token === undefined || !TOKEN.test(token)
    ? null
    : { provider: name, token, kind: what };
};

/** An inbound call, as its path names it; `inboundTargetOf` of @dialtone/carriers writes it. */
export interface InboundPath {
  readonly provider: PointingCarrier;
  readonly token: string;
  readonly connectionId: ConnectionId;
}

/** Null for a path of another kind, or one that no carrier was given. `target`: path and query. */
export const inboundPathOf = (params: unknown, target: string): InboundPath | null => {
  const { provider, token, kind } = params as Readonly<Record<string, string | undefined>>;
  const name = POINTING_CARRIERS.find((known) => known === provider);
  const query = new URLSearchParams(target.split(/\?(.*)/s)[1]);
  const connectionId = parseConnectionId(query.get('connection') ?? '');
  return kind !== 'inbound' || name === undefined || connectionId === null || token === undefined || !TOKEN.test(token)
    ? null
    : { provider: name, token, connectionId };
};

/**
 * The URLs that a carrier is given for one call. They have a query because Plivo documents its signature of a URL without one in two
 * ways; the token alone says which call is meant.
 */
export const callbackUrlsOf = (
  publicBaseUrl: string,
  { provider, token, callId }: { readonly provider: CallerBack; readonly token: string; readonly callId: string },
): { readonly answerUrl: string; readonly statusUrl: string } => {
  const urlOf = (kind: CallbackKind): string =>
    `${publicBaseUrl}/callbacks/${provider}/${token}/${kind}?call=${callId}`;
  return { answerUrl: urlOf('answer'), statusUrl: urlOf('status') };
};
