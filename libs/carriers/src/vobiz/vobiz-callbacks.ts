import type { CallbackSpec } from '../callbacks/callback';
import { headerOf } from '../callbacks/read-fields';
import { hmac, isSame } from '../callbacks/signatures';
import { plivoCallbacks, signaturesIn } from '../plivo/plivo-callbacks';

const HEADERS = ['x-vobiz-signature-v3', 'x-vobiz-signature-ma-v3'];

/** HMAC-SHA256 (V3) over the URL without its query, and the nonce: neither query nor body are covered. */
export const vobizSignature = (token: string, url: string, nonce: string): string =>
  hmac('sha256', token, { message: `${url.split('?', 1)[0] ?? ''}.${nonce}` });

const prove: CallbackSpec['prove'] = (request, { field }) => {
  const [token, nonce] = [field('auth_token'), headerOf(request, 'x-vobiz-signature-v3-nonce')];
  if (token === '' || nonce === null) return 'wrong';
  const expected = vobizSignature(token, request.url, nonce);
  return signaturesIn(request, HEADERS).some((given) => isSame(given, expected)) ? 'address' : 'wrong';
};

/** https://docs.vobiz.ai: made to look like Plivo's, but for the signature. */
export const vobizCallbacks: CallbackSpec = { ...plivoCallbacks, prove };
