import { Failure } from '../failure';

export interface FaultDetail {
  readonly field: string;
  readonly message: string;
}

/** A refusal of the gateway, with what finds it again in the gateway's log. */
export class ApiFailure extends Failure {
  constructor(
    message: string,
    readonly answer: {
      readonly status: number;
      readonly code: string;
      readonly requestId: string | null;
      readonly details: readonly FaultDetail[];
    },
  ) {
    super(message);
    this.name = 'ApiFailure';
  }
}

interface Envelope {
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly details?: unknown };
}

const detailsOf = (value: unknown): readonly FaultDetail[] => (Array.isArray(value) ? (value as FaultDetail[]) : []);

const MAX_SHOWN = 300;

/** What an answer of a proxy in between says, in one line. */
const foreignText = (body: unknown): string =>
  typeof body === 'string'
    ? body
        .replace(/<[^>]*>/g, ' ')
        .replace(/\s+/g, ' ')
        .trim()
        .slice(0, MAX_SHOWN)
    : '';

/** Of an answer that is no success. Not every one is the gateway's: proxies have their own. */
export const apiFailureOf = (address: string, response: Response, body: unknown): ApiFailure => {
  const { status, headers } = response;
  const requestId = headers.get('x-request-id');
  const { error } = (typeof body === 'object' && body !== null ? body : {}) as Envelope;
  const { code, message } = error ?? {};
  if (typeof code !== 'string' || typeof message !== 'string') {
    const text = `${String(status)} ${response.statusText} ${foreignText(body)}`.trim();
    return new ApiFailure(`${address} answers ${text}, which is no answer of Dialtone.`, {
      ...{ status, code: String(status), requestId, details: [] },
    });
  }
  const details = detailsOf(error?.details);
  const more = details.filter((detail) => !message.includes(detail.message));
  const lines = more.map((detail) => `\n  ${detail.field}: ${detail.message}`).join('');
  const quoted = requestId === null ? code : `${code}, request ${requestId}`;
  return new ApiFailure(`${message} (${quoted})${lines}`, { status, code, requestId, details });
};
