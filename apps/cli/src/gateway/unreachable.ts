import { Failure } from '../failure';

/** What a request ended with that has no answer. */
interface Cause {
  readonly code?: string;
  readonly message?: string;
  readonly errors?: readonly Cause[];
}

/** Names from Node and from its HTTP client that pass by themselves: a process that is restarted, a network that is short of something. */
const PASSING: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
  ETIMEDOUT: 'the network does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'the network does not answer',
  UND_ERR_HEADERS_TIMEOUT: 'no answer came in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped in the middle',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  TimeoutError: 'no answer came in time',
};

const LASTING: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host: check the address',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: name it in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate has an unknown issuer: name it in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate has an unknown issuer: name it in NODE_EXTRA_CA_CERTS',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: is the address http:// instead of https://?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS: is the address http:// instead of https://?',
};

const causeOf = (error: unknown): Cause => {
  const { name, cause } = error as { readonly name?: string; readonly cause?: Cause };
  if (name === 'TimeoutError') return { code: name };
  // Of a host with two addresses: both failed.
  const [first] = cause?.errors ?? [];
  return cause?.code === undefined && first !== undefined ? first : (cause ?? (error as Cause));
};

/** Why there was no answer, as the end of a sentence, and whether it may be otherwise in a moment. */
export const noAnswerOf = (error: unknown): { readonly reason: string; readonly passes: boolean } => {
  const { code = '', message = '' } = causeOf(error);
  const passing = PASSING[code];
  if (passing !== undefined) return { reason: `${passing} (${code})`, passes: true };
  const lasting = LASTING[code];
  if (lasting !== undefined) return { reason: `${lasting} (${code})`, passes: false };
  if (message === 'bad port')
    return { reason: 'no HTTP client uses this port: give the gateway another one', passes: false };
  return { reason: code === '' ? message : `${message} (${code})`, passes: false };
};

export const unreachable = (address: string, reason: string): Failure =>
  new Failure(`No answer from ${address}: ${reason}. dialtone doctor looks for the cause.`);
