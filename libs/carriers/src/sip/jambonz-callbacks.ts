import { asJson, NOTHING, type CallbackSpec } from '../callbacks/callback';
import { headerOf } from '../callbacks/read-fields';
import { hmac, isSame, isWithinWindow } from '../callbacks/signatures';
import { at, textIn } from '../http/read';
import { jambonzState } from './jambonz';

/** HMAC-SHA256 over the time in epoch seconds and the body. */
export const jambonzSignature = (secret: string, seconds: string, body: string): string =>
  hmac('sha256', secret, { message: `${seconds}.${body}`, encoding: 'hex' });

/** `t=1732933382,v1=…`, as Stripe has it. A gateway signs only when it has a secret. */
const prove: CallbackSpec['prove'] = (request, { gatewaySecret, now }) => {
  if (gatewaySecret === null) return 'none';
  const parts = (headerOf(request, 'jambonz-signature') ?? '').split(',').map((part) => part.trim());
  const seconds = parts.find((part) => /^t=\d{1,12}$/.test(part))?.slice(2);
  if (seconds === undefined) return 'wrong';
  const expected = `v1=${jambonzSignature(gatewaySecret, seconds, request.body)}`;
  if (!parts.some((part) => isSame(part, expected))) return 'wrong';
  return isWithinWindow(Number(seconds) * 1000, now) ? 'message' : 'stale';
};

/** https://docs.jambonz.org: both hooks carry the fields of the call's record. */
export const jambonzCallbacks: CallbackSpec = {
  prove,
  hear: (fields) => {
    const found = jambonzState(fields);
    if (found === null) return null;
    const callId = textIn(at(fields, 'tag'), 'call_id') ?? textIn(at(fields, 'customer_data'), 'call_id');
    return { ...found, at: null, carrierId: textIn(fields, 'call_sid'), callId };
  },
  handOver: ({ callId, mediaUrl, parameters }) =>
    asJson([
      {
        verb: 'listen',
        url: mediaUrl,
        mixType: 'mono',
        sampleRate: 8000,
        passDtmf: true,
        metadata: { ...parameters, call_id: callId },
        // Not streaming would be silence.
        bidirectionalAudio: { enabled: true, streaming: true, sampleRate: 8000 },
      },
    ]),
  hangUp: asJson([{ verb: 'hangup' }]),
  acknowledgement: NOTHING,
};
