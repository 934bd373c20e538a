import { Fields, type Body, type FieldErrors } from '../wire/fields';
import { CALLBACK_FAULTS, FAULT_KINDS, type CallbackFault, type RequestFault } from './fault-kinds';

/** One injected misbehaviour. What the numbers mean depends on the kind; the README has the table. */
export interface Fault<Kind extends RequestFault | CallbackFault = RequestFault | CallbackFault> {
  readonly id: number;
  /** `twilio.calls.place`, a group such as `twilio.*`, or `*`. */
  readonly endpoint: string;
  readonly kind: Kind;
  readonly ms: number | null;
  readonly status: number | null;
  /** Seconds; null: no header. */
  readonly retry_after: number | null;
  readonly message: string | null;
  /** `callback_before_answer`: how far the call comes before its request is answered. */
  readonly until: (typeof UNTIL)[number] | null;
  /** How many matching requests it still lets pass. */
  skip: number;
  /** How often it still strikes; null: without end. */
  times: number | null;
  /** How often it has struck. */
  hits: number;
}

const UNTIL = ['ringing', 'in_progress', 'completed'] as const;
const MAX_MS = 86_400_000;
const KEYS = ['endpoint', 'kind', 'ms', 'status', 'retry_after', 'message', 'until', 'skip', 'times'];

export class Faults {
  private list: Fault[] = [];
  private lastId = 0;

  /** `endpoints`: all names that a fault may be for. */
  constructor(private readonly endpoints: readonly string[]) {}

  get active(): readonly Fault[] {
    return this.list;
  }

  add(body: Body): { readonly fault: Fault } | { readonly errors: FieldErrors } {
    const fields = new Fields(body);
    const fault = this.read(fields);
    if (fault === null || fields.errors !== null) return { errors: fields.errors ?? {} };
    this.lastId = fault.id;
    this.list.push(fault);
    return { fault };
  }

  /** False when there is no such fault. */
  remove(id: number): boolean {
    const before = this.list.length;
    this.list = this.list.filter((fault) => fault.id !== id);
    return this.list.length < before;
  }

  clear(): void {
    this.list = [];
  }

  /** All latencies add up, and the oldest other fault strikes. Counts the hits; a fault that has struck its number of times is gone. */
  strikeRequest(endpoint: string): { readonly latencyMs: number; readonly fault: Fault<RequestFault> | null } {
    const matching = this.matching(endpoint).filter((one): one is Fault<RequestFault> => !isOfCallback(one));
    const latencies = matching.filter(({ kind }) => kind === 'latency');
    const fault = matching.find(({ kind }) => kind !== 'latency') ?? null;
    for (const hit of fault === null ? latencies : [...latencies, fault]) this.count(hit);
    return { latencyMs: latencies.reduce((sum, { ms }) => sum + (ms ?? 0), 0), fault };
  }

  strikeCallback(endpoint: string): Fault<CallbackFault> | null {
    const fault = this.matching(endpoint).find(isOfCallback) ?? null;
    if (fault !== null) this.count(fault);
    return fault;
  }

  private matching(endpoint: string): readonly Fault[] {
    return this.list.filter((fault) => {
      if (!matches(fault.endpoint, endpoint)) return false;
      if (fault.skip === 0) return true;
      fault.skip -= 1;
      return false;
    });
  }

  private count(fault: Fault): void {
    fault.hits += 1;
    if (fault.times === null) return;
    fault.times -= 1;
    if (fault.times === 0) this.remove(fault.id);
  }

  private read(fields: Fields): Fault | null {
    fields.only(...KEYS);
    const kind = fields.choice('kind', FAULT_KINDS, { required: true });
    const endpoint = fields.text('endpoint', { required: true });
    if (endpoint !== null && !this.endpoints.some((name) => matches(endpoint, name)))
      fields.fail('endpoint', 'is not known');
    if (kind === null || endpoint === null) return null;
    const needsMs = kind === 'latency' || kind === 'callback_late';
    return {
      id: this.lastId + 1,
      endpoint,
      kind,
      ms: fields.int('ms', { required: needsMs, min: 0, max: MAX_MS }),
      status: fields.int('status', { min: 200, max: 599 }),
      retry_after: fields.int('retry_after', { min: 0 }),
      message: fields.text('message'),
      until: fields.choice('until', UNTIL),
      skip: fields.int('skip', { min: 0 }) ?? 0,
      times: fields.int('times', { min: 1 }),
      hits: 0,
    };
  }
}

const isOfCallback = (fault: Fault): fault is Fault<CallbackFault> =>
  CALLBACK_FAULTS.some((kind) => kind === fault.kind);

const matches = (pattern: string, endpoint: string): boolean => {
  if (pattern === '*' || pattern === endpoint) return true;
  return pattern.endsWith('.*') && endpoint.startsWith(pattern.slice(0, -1));
};
