import type { RequestFault } from '../faults/fault-kinds';
import type { Fault } from '../faults/faults';
import type { JournalEntry } from '../journal';
import type { Simulator } from '../simulator';
import { redact } from '../world/redact';
import { answer, type Answer } from './answer';
import type { CarrierRequest } from './request';
import { findRoute, type Match } from './router';

/** The answer over HTTP. `silence` leaves the caller waiting, and cuts the connection after `cutAfterMs` if that is set. */
export type Reply =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'html'; readonly status: number }
  | { readonly kind: 'silence'; readonly cutAfterMs: number | null }
  | { readonly kind: 'reset' };

const asJson = ({ status, json, headers = {} }: Answer): Reply => ({ kind: 'json', status, body: json, headers });

/** Does the work of one request, once, and notes it in the journal. */
type Run = () => Answer;

/**
 * The path of every request: count, journal, latency, fault, credentials, endpoint. Faults that answer in the carrier's place come
 * before the credentials, like a proxy's.
 */
export class Pipeline {
  /** `sleep` in real time: callers' time-outs are real too. */
  constructor(
    private readonly simulator: Simulator,
    private readonly sleep: (ms: number) => Promise<void>,
  ) {}

  async handle(request: CarrierRequest): Promise<Reply> {
    const match = findRoute(request.method, request.path);
    const name = match?.name ?? 'unknown';
    this.simulator.countRequest(name);
    const entry = this.journal(request, name);
    const reply = match === null ? asJson(unknownPath(request)) : await this.answered(request, match, entry);
    if (entry !== null && 'status' in reply) entry.http_status = reply.status;
    return reply;
  }

  private journal(request: CarrierRequest, endpoint: string): JournalEntry | null {
    if (request.method === 'GET' || endpoint === 'tata_smartflo.login') return null;
    const { world, journal, clock } = this.simulator;
    const { method, path, body } = request;
    return journal.open({
      at: new Date(clock.now()).toISOString(),
      endpoint,
      method,
      path,
      body: redact(body, world),
      http_status: null,
      effect: false,
      call_id: null,
      fault: null,
    });
  }

  private async answered(request: CarrierRequest, match: Match, entry: JournalEntry | null): Promise<Reply> {
    const { latencyMs, fault } = this.simulator.faults.strikeRequest(match.name);
    if (entry !== null) entry.fault = fault?.kind ?? (latencyMs > 0 ? 'latency' : null);
    if (latencyMs > 0) await this.sleep(latencyMs);
    const run: Run = () => this.perform(request, match, entry);
    return fault === null ? asJson(run()) : this.faulty(fault, match, run);
  }

  private perform(request: CarrierRequest, match: Match, entry: JournalEntry | null): Answer {
    const { model, endpoint, params } = match;
    const { world, lives } = this.simulator;
    const parts = { request, params, world, switchboard: lives };
    const account = (endpoint.authenticate ?? model.authenticate)(parts);
    if (account === null) return model.fail({ status: 401, message: 'Authentication failed' });
    const given = endpoint.answer({ ...parts, account });
    if (entry !== null) Object.assign(entry, { effect: given.effect, call_id: given.callId });
    return given;
  }

  private async faulty(fault: Fault<RequestFault>, { model }: Match, run: Run): Promise<Reply> {
    const { status, ms, retry_after } = fault;
    const message = fault.message ?? 'Injected by a fault';
    const hold: Reply = { kind: 'silence', cutAfterMs: ms };
    const after = (reply: Reply): Reply => {
      run();
      return reply;
    };
    const handlers: Readonly<Record<RequestFault, () => Reply | Promise<Reply>>> = {
      latency: () => asJson(run()),
      status: () => asJson(model.fail({ status: status ?? 500, message })),
      refused: () => asJson(model.fail({ status: status ?? 400, message })),
      rate_limit: () => {
        const headers = retry_after === null ? {} : { 'retry-after': String(retry_after) };
        return asJson({ ...model.fail({ status: status ?? 429, message }), headers });
      },
      html: () => ({ kind: 'html', status: status ?? 200 }),
      success_false: () => asJson(model.failQuietly(message)),
      timeout_before: () => hold,
      timeout_after: () => after(hold),
      reset_before: () => ({ kind: 'reset' }),
      reset_after: () => after({ kind: 'reset' }),
      callback_before_answer: () => this.overtaken(run, fault),
    };
    return handlers[fault.kind]();
  }

  /** The call goes on, and its callbacks arrive, before the request that placed it is answered. */
  private async overtaken(run: Run, { until }: Fault<RequestFault>): Promise<Reply> {
    const given = run();
    const call = this.simulator.world.calls.find(({ id }) => id === given.callId);
    if (call !== undefined) await this.simulator.lives.hasten(call, until ?? 'ringing');
    return asJson(given);
  }
}

const unknownPath = ({ method, path }: CarrierRequest): Answer =>
  answer(404, { message: `No simulated carrier knows ${method} ${path}` });
