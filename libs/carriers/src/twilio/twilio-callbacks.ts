import { createHash } from 'node:crypto';
import { asXml, NOTHING, type CallbackRequest, type CallbackSpec, type Proof } from '../callbacks/callback';
import { headerOf, isForm, pairsOf, queryOf, type Pair } from '../callbacks/read-fields';
import { hmac, isSame, isWithinWindow } from '../callbacks/signatures';
import { zonedTime } from '../callbacks/times';
import { secondsIn, textIn } from '../http/read';
import { XML_DECLARATION } from '../http/xml';
import { TWILIO_STATES } from './twilio-states';
import { connectStream } from './twiml';

/** HMAC-SHA1 over the URL and the fields of the form, sorted by name, without anything between them. Equal fields count once. */
export const twilioSignature = (token: string, url: string, form: readonly Pair[]): string => {
  const fields = new Map<string, Set<string>>();
  for (const [name, value] of form) fields.set(name, (fields.get(name) ?? new Set()).add(value));
  const text = [...fields]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, values]) => [...values].sort(byUnits).map((value) => name + value));
  return hmac('sha1', token, { message: url + text.join('') });
};

const byUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Twilio signs with or without the port, whichever way it spells the URL to itself. */
const spellings = (url: string): readonly string[] => {
  const [, origin = '', port, rest = ''] = /^(https?:\/\/[^/?#:]+)(:\d+)?(.*)$/.exec(url) ?? [];
  return [
    url,
    origin + rest,
    port === undefined ? `${origin}:${origin.startsWith('https') ? '443' : '80'}${rest}` : url,
  ];
};

/** What the signature covers besides the URL; null when the body is covered by nothing. */
const coveredForm = (request: CallbackRequest): readonly Pair[] | null => {
  const { url, body } = request;
  const digest = new URLSearchParams(queryOf(url)).get('bodySHA256');
  if (digest !== null) return isSame(digest, createHash('sha256').update(body).digest('hex')) ? [] : null;
  return body === '' || isForm(request) ? pairsOf(body) : null;
};

const prove: CallbackSpec['prove'] = (request, { field, now }): Proof => {
  const [token, given, form] = [field('auth_token'), headerOf(request, 'x-twilio-signature'), coveredForm(request)];
  if (token === '' || given === null || form === null) return 'wrong';
  if (!spellings(request.url).some((url) => isSame(given, twilioSignature(token, url, form)))) return 'wrong';
  // The signature has no time of its own; progress events have one among their fields.
  const at = zonedTime(textIn(Object.fromEntries(form), 'Timestamp'));
  return at === null || isWithinWindow(at.getTime(), now) ? 'message' : 'stale';
};

/** https://www.twilio.com/docs/voice/api/call-resource#statuscallback */
export const twilioCallbacks: CallbackSpec = {
  prove,
  hear: (fields) => {
    const state = TWILIO_STATES[textIn(fields, 'CallStatus') ?? ''];
    if (state === undefined) return null;
    const code = textIn(fields, 'ErrorCode', 'SipResponseCode');
    return {
      state,
      at: zonedTime(textIn(fields, 'Timestamp')),
      carrierId: textIn(fields, 'CallSid'),
      callId: null,
      durationSeconds: secondsIn(fields, 'CallDuration'),
      reason: state === 'failed' ? (textIn(fields, 'ErrorMessage') ?? code) : null,
    };
  },
  handOver: (handover) => asXml(connectStream(handover)),
  hangUp: asXml(`${XML_DECLARATION}<Response><Hangup/></Response>`),
  acknowledgement: NOTHING,
};
