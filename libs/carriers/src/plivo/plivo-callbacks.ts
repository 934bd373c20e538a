import { asXml, NOTHING, type CallbackFields, type CallbackSpec, type HeardCall } from '../callbacks/callback';
import { mediaUrlWith } from '../callbacks/media-url';
import { headerOf, isForm, pairsOf, queryOf, type Pair } from '../callbacks/read-fields';
import { hmac, isSame } from '../callbacks/signatures';
import { zonedTime } from '../callbacks/times';
import { secondsIn, textIn } from '../http/read';
import { attribute, content, XML_DECLARATION } from '../http/xml';
import type { CallState } from '../port';
import { isLedNowhere, PLIVO_STATES, unansweredState } from './plivo-calls';

const sorted = (pairs: readonly Pair[], between: string): readonly string[] =>
  pairs
    .toSorted(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${name}${between}${value}`);

/** HMAC-SHA256 (V3) over the URL with its query sorted, the form sorted, and the nonce. */
export const plivoSignature = (
  token: string,
  {
    method,
    url,
    form,
    nonce,
  }: { readonly method: string; readonly url: string; readonly form: readonly Pair[]; readonly nonce: string },
): string => {
  const [base = ''] = url.split('?', 1);
  const query = sorted(pairsOf(queryOf(url)), '=').join('&');
  const fields = method === 'GET' ? '' : sorted(form, '').join('');
  const parts = [query, fields].filter((part) => part !== '').join('.');
  return hmac('sha256', token, { message: `${base}${parts === '' ? '' : `?${parts}`}.${nonce}` });
};

/** A subaccount's callbacks carry a second signature, by the main account's token. */
const HEADERS = ['x-plivo-signature-v3', 'x-plivo-signature-ma-v3'];

/** One header may hold several signatures. */
export const signaturesIn = (
  request: Parameters<CallbackSpec['prove']>[0],
  headers: readonly string[],
): readonly string[] =>
  headers.flatMap((name) => (headerOf(request, name) ?? '').split(',')).map((given) => given.trim());

const prove: CallbackSpec['prove'] = (request, { field }) => {
  const [token, nonce] = [field('auth_token'), headerOf(request, 'x-plivo-signature-v3-nonce')];
  const { method, url, body } = request;
  if (token === '' || nonce === null || (body !== '' && (method === 'GET' || !isForm(request)))) return 'wrong';
  const expected = plivoSignature(token, { method, url, form: pairsOf(body), nonce });
  return signaturesIn(request, HEADERS).some((given) => isSame(given, expected)) ? 'message' : 'wrong';
};

const EVENTS: Readonly<Record<string, CallState>> = { Ring: 'ringing', StartApp: 'in_progress' };

const stateIn = (fields: CallbackFields): CallState | undefined => {
  const event = textIn(fields, 'Event') ?? '';
  if (isLedNowhere(textIn(fields, 'HangupCauseCode'))) return 'failed';
  const said = PLIVO_STATES[textIn(fields, 'CallStatus') ?? ''] ?? EVENTS[event];
  if (said !== undefined || event !== 'Hangup') return said;
  return unansweredState(textIn(fields, 'HangupCauseName', 'HangupCause'), textIn(fields, 'HangupCauseCode'));
};

/** For Plivo and for Vobiz, which speaks the same way. */
export const hearPlivo = (fields: CallbackFields): HeardCall | null => {
  const state = stateIn(fields);
  if (state === undefined) return null;
  const code = textIn(fields, 'HangupCauseCode');
  const why = [textIn(fields, 'HangupCauseName', 'HangupCause'), code === null ? null : `(${code})`].filter(isText);
  return {
    state,
    // In which zone they are is not documented, and most come without one.
    at: zonedTime(textIn(fields, state === 'in_progress' ? 'AnswerTime' : 'EndTime')),
    carrierId: textIn(fields, 'CallUUID', 'ALegUUID', 'RequestUUID'),
    callId: null,
    durationSeconds: state === 'completed' ? secondsIn(fields, 'Duration', 'BillDuration') : null,
    reason: state === 'completed' || why.length === 0 ? null : why.join(' '),
  };
};

const isText = (part: string | null): part is string => part !== null;

/** The URL is the text of the element. Without `keepCallAlive` the call would end at once, and the default of `contentType` is documented in two ways. */
export const streamXml: CallbackSpec['handOver'] = (handover) => {
  const attributes = {
    bidirectional: 'true',
    keepCallAlive: 'true',
    contentType: 'audio/x-mulaw;rate=8000',
    extraHeaders: `call_id=${handover.callId}`,
  };
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${attribute(value)}"`);
  return asXml(
    `${XML_DECLARATION}<Response><Stream ${written.join(' ')}>${content(mediaUrlWith(handover))}</Stream></Response>`,
  );
};

/** https://www.plivo.com/docs/voice/concepts/signature-validation/ */
export const plivoCallbacks: CallbackSpec = {
  prove,
  hear: hearPlivo,
  handOver: streamXml,
  hangUp: asXml(`${XML_DECLARATION}<Response><Hangup/></Response>`),
  acknowledgement: NOTHING,
};
