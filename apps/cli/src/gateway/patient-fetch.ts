import { setTimeout as sleep } from 'node:timers/promises';
import { noAnswerOf } from './unreachable';

export interface Patience {
  /** How long a request is repeated that gets no answer, or 503, ms. */
  readonly ms: number;
  /** How long one attempt may take, ms. */
  readonly attemptMs: number;
  readonly signal: AbortSignal;
  /** Says why it waits. */
  readonly say: (line: string) => void;
}

/** A minute of the rate limit, and what clocks and queues add. */
const RATE_WINDOW_MS = 75_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** A shorter pause is not worth a line. */
const SAID_FROM_MS = 2_000;
const MS_PER_SECOND = 1_000;

interface Again {
  readonly reason: string;
  /** Null: as the pauses go. */
  readonly afterMs: number | null;
  /** How long this may go on, ms. */
  readonly withinMs: number;
}

const retryAfterMs = ({ headers }: Response): number | null => {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? Math.max(seconds * MS_PER_SECOND, FIRST_PAUSE_MS) : null;
};

const BODILESS = [204, 205, 304];

/** The answer with all of its body: a gateway that ends in the middle has not answered. */
const wholeAnswer = async (response: Response): Promise<{ readonly response: Response; readonly text: string }> => {
  const text = await response.text();
  const { status, statusText, headers } = response;
  return { response: new Response(BODILESS.includes(status) ? null : text, { status, statusText, headers }), text };
};

const codeOf = (text: string): string | null => {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly code?: string } };
    return error?.code ?? null;
  } catch {
    return null;
  }
};

/** Answers that say "not now". A 502 or 504 without a code is a proxy's, whose gateway is away. */
const NOT_NOW = [409, 429, 502, 503, 504];
const TAKES_ORDERS = 'WRITES_DISABLED';

/** Whether the answer asks to come again; the same request may be sent again, as it has an Idempotency-Key. */
const askedAgain = (response: Response, text: string, patienceMs: number): Again | null => {
  if (!NOT_NOW.includes(response.status)) return null;
  const code = codeOf(text);
  const afterMs = retryAfterMs(response);
  const reason = `${String(response.status)} ${code ?? response.statusText}`;
  switch (response.status) {
    case 409:
      return code === 'IDEMPOTENCY_IN_PROGRESS'
        ? { reason, afterMs, withinMs: Math.max(patienceMs, RATE_WINDOW_MS) }
        : null;
    case 429:
      return afterMs === null ? null : { reason, afterMs, withinMs: Math.max(patienceMs, RATE_WINDOW_MS) };
    case 503:
      return code === TAKES_ORDERS ? null : { reason, afterMs, withinMs: patienceMs };
    default:
      return code === null ? { reason, afterMs, withinMs: patienceMs } : null;
  }
};

type Attempt =
  | { readonly kind: 'answer'; readonly response: Response }
  | { readonly kind: 'again'; readonly again: Again; readonly give: () => Response };

/**
 * A fetch that comes again while the gateway is restarted, is busy, or asks to wait. It repeats every request: those that
 * change something must carry an Idempotency-Key.
 */
export const patientFetch = (patience: Patience): typeof fetch => {
  const { ms, attemptMs, signal, say } = patience;
  const attempt = async (request: Request): Promise<Attempt> => {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]);
      const { response, text } = await wholeAnswer(await fetch(request, { signal: limit }));
      const again = askedAgain(response, text, ms);
      return again === null ? { kind: 'answer', response } : { kind: 'again', again, give: () => response };
    } catch (error) {
      if (signal.aborted) throw error;
      const { reason, passes } = noAnswerOf(error);
      if (!passes) throw error;
      const give = (): never => {
        throw error;
      };
      return { kind: 'again', again: { reason, afterMs: null, withinMs: ms }, give };
    }
  };
  return async (input, init) => {
    const request = new Request(input, init);
    const began = performance.now();
    for (let tries = 0; ; tries += 1) {
      const result = await attempt(request.clone());
      if (result.kind === 'answer') return result.response;
      const { reason, afterMs, withinMs } = result.again;
      const pause = afterMs ?? Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS);
      if (performance.now() - began + pause > withinMs) return result.give();
      if (pause >= SAID_FROM_MS) say(`${reason}; again in ${String(Math.round(pause / MS_PER_SECOND))} s`);
      await sleep(pause, undefined, { signal });
    }
  };
};
