import { type Body } from '../world/fields';
import { type World } from '../world/world';
import { type Simulator } from '../simulator';
import { failure, notFound, unauthenticated, type Answer } from './answer';
import { type Call } from './call';
import { type Endpoint } from './endpoints';
import { type Fault, type FaultKind } from './faults';
import { type JournalEntry } from './journal';
import { renderListing, type Distortion } from './listing';
import { findEndpoint, type Match } from './router';

/** A request as HTTP brought it. */
export interface Incoming {
  readonly method: string;
  /** Without the query string. */
  readonly path: string;
  readonly query: Body;
  readonly body: Body;
  readonly token: string | null;
  readonly acceptsJson: boolean;
}

/** The answer over HTTP; `silence` leaves the caller waiting, and cuts the connection after `cutAfterMs` if that is set. */
export type Reply =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers: Readonly<Record<string, string>>;
      /** Text that comes before the JSON. */
      readonly before?: string;
    }
  | { readonly kind: 'html'; readonly status: number; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'silence'; readonly cutAfterMs: number | null };

/** Waits and delayed work, so that stopping can end both. */
export interface Timers {
  sleep(ms: number): Promise<void>;
  later(ms: number, work: () => void): void;
}

/** As PHP shows it where errors are displayed. */
const NOTICE = '<br />\n<b>Notice</b>:  Undefined index: client in <b>/var/www/api.php</b> on line <b>7</b><br />\n';

const asJson = (answer: Answer): Extract<Reply, { kind: 'json' }> => ({
  kind: 'json',
  status: answer.status,
  body: answer.body,
  headers: {},
});

/** Does the work of one call, once, and notes it in the journal. A list may be read from another account than the current one. */
type Run = (distortion?: Distortion, world?: World) => Answer;

/**
 * The path of every call: count → journal → latency → fault → token → endpoint. Faults that answer in VoiceLink's place come
 * before the token check, like a gateway's.
 */
export class Pipeline {
  constructor(
    private readonly simulator: Simulator,
    private readonly timers: Timers,
  ) {}

  async handle(incoming: Incoming): Promise<Reply> {
    const match = findEndpoint(incoming.method, incoming.path);
    const name = match?.endpoint.name ?? 'unknown';
    this.simulator.countCall(name);
    const entry = this.journal(incoming, name, match);
    const answered = match === null ? noSuchRoute(incoming) : await this.answer(incoming, match, entry);
    const reply = this.marked(this.redirected(answered, incoming));
    if (entry !== null && reply.kind !== 'silence') entry.http_status = reply.status;
    return reply;
  }

  private async answer(incoming: Incoming, { endpoint, id }: Match, entry: JournalEntry | null): Promise<Reply> {
    const { latencyMs, fault } = this.simulator.faults.strike(endpoint.name);
    if (entry !== null) entry.fault = fault?.kind ?? (latencyMs > 0 ? 'latency' : null);
    if (latencyMs > 0) await this.timers.sleep(latencyMs);
    const { body, query, token } = incoming;
    const call = { simulator: this.simulator, body, query, token, id };
    const run: Run = (distortion, world = this.simulator.world) =>
      this.perform(endpoint, { ...call, world }, entry, distortion);
    if (fault === null) return asJson(run());
    if (fault.kind === 'token_revoked') this.simulator.sessions.revoke(token);
    return this.faulty(fault, run);
  }

  private journal(incoming: Incoming, endpoint: string, match: Match | null): JournalEntry | null {
    const mutating = match === null ? incoming.method !== 'GET' : match.endpoint.kind === 'write';
    if (!mutating) return null;
    const { method, path, body } = incoming;
    return this.simulator.journal.open({ at: new Date().toISOString(), endpoint, method, path, body });
  }

  private perform(endpoint: Endpoint, call: Call, entry: JournalEntry | null, distortion?: Distortion): Answer {
    const { sessions, behaviour } = this.simulator;
    if (endpoint.kind !== 'public' && !sessions.accepts(call.token, behaviour.token_ttl_seconds))
      return unauthenticated;
    const outcome = endpoint.run(call);
    const answer = 'slice' in outcome ? renderListing(outcome, call.query, behaviour, distortion) : outcome;
    if (entry !== null) {
      entry.effect = answer.effect;
      entry.created_id = answer.createdId;
    }
    return answer;
  }

  private faulty(fault: Fault, run: Run): Reply {
    const hold = (ms: number | null): Reply => ({ kind: 'silence', cutAfterMs: ms });
    const message = fault.message ?? 'Something went wrong.';
    const handlers: Record<Exclude<FaultKind, 'latency'>, () => Reply> = {
      status: () => asJson(failure(fault.status ?? 500, message)),
      status_false: () => asJson(failure(fault.status ?? 200, message)),
      html: () => ({ kind: 'html', status: fault.status ?? 200, headers: {} }),
      rate_limit: () => rateLimited(fault),
      token_revoked: () => asJson(run()),
      truncated_list: () => asJson(run({ truncateTo: fault.rows })),
      short_list: () => asJson(run({ shortenTo: fault.rows ?? 0 })),
      stale_list: () => asJson(run({}, this.simulator.worldBefore(fault.ms ?? 0))),
      garbled_row: () => asJson(run({ garble: { row: fault.row, field: fault.field ?? '', value: fault.value } })),
      extra_rows: () => asJson(run({ extra: fault.value as readonly unknown[] })),
      notice: () => ({ ...asJson(run()), before: fault.message ?? NOTICE }),
      shifted_page: () => asJson(run({ shiftBy: fault.rows ?? 1 })),
      timeout_before: () => hold(fault.ms),
      timeout_after: () => {
        run();
        return hold(fault.ms);
      },
      late_effect: () => {
        this.timers.later(fault.ms ?? 0, () => void run());
        return hold(fault.hold_ms);
      },
    };
    return fault.kind === 'latency' ? asJson(run()) : handlers[fault.kind]();
  }

  private marked(reply: Reply): Reply {
    if (reply.kind !== 'json' || this.simulator.behaviour.byte_order_mark === 'absent') return reply;
    return { ...reply, before: `\ufeff${reply.before ?? ''}` };
  }

  /** Laravel redirects a browser to its login page; that VoiceLink redirects a caller without `Accept` is a guess. */
  private redirected(reply: Reply, incoming: Incoming): Reply {
    const applies = this.simulator.behaviour.without_accept === 'redirect' && !incoming.acceptsJson;
    if (!applies || reply.kind !== 'json' || reply.status !== 401) return reply;
    return { kind: 'html', status: 302, headers: { location: '/login' } };
  }
}

const rateLimited = (fault: Fault): Reply => {
  const headers = fault.retry_after === null ? {} : { 'retry-after': String(fault.retry_after) };
  return {
    kind: 'json',
    status: fault.status ?? 429,
    body: { message: fault.message ?? 'Too Many Attempts.' },
    headers,
  };
};

const noSuchRoute = (incoming: Incoming): Reply =>
  asJson(notFound(`The route ${incoming.path.slice(1)} could not be found.`));
