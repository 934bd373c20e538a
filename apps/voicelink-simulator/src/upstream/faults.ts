import { Fields, type Body, type FieldErrors } from '../world/fields';
import { type Prng } from '../world/prng';
import { ENDPOINT_NAMES, LISTS } from './endpoint-names';

export const FAULT_KINDS = [
  'latency',
  'status',
  'timeout_before',
  'timeout_after',
  'late_effect',
  'truncated_list',
  'short_list',
  'stale_list',
  'shifted_page',
  'garbled_row',
  'extra_rows',
  'notice',
  'html',
  'rate_limit',
  'token_revoked',
  'status_false',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One injected misbehaviour. What the numbers mean depends on the kind; the README has the table. */
export interface Fault {
  readonly id: number;
  /** Endpoint name, a group such as `bots.*`, or `*`. */
  readonly endpoint: string;
  readonly kind: FaultKind;
  readonly ms: number | null;
  readonly hold_ms: number | null;
  readonly status: number | null;
  /** Seconds; null: no header. */
  readonly retry_after: number | null;
  readonly rows: number | null;
  readonly message: string | null;
  /** Id of a row, of a DID its did_id. */
  readonly row: number | null;
  readonly field: string | null;
  /** Of a garbled field; of extra rows the array of them. */
  readonly value: unknown;
  /** How often it still strikes; null: without end. */
  times: number | null;
  /** Chance that it strikes a call, 0 to 1. */
  readonly probability: number;
  /** How often it has struck. */
  hits: number;
}

/** The faults that strike one call: the sum of all latencies, and the first other fault. */
export interface Strike {
  readonly latencyMs: number;
  readonly fault: Fault | null;
}

const MAX_MS = 3_600_000;
const KEYS = [
  ...['endpoint', 'kind', 'ms', 'hold_ms', 'status', 'retry_after', 'rows', 'message'],
  ...['row', 'field', 'value', 'times', 'probability'],
];

export class Faults {
  private list: Fault[] = [];
  private lastId = 0;

  /** `random` decides by `probability`, so that a seed repeats a run. */
  constructor(private readonly random: Prng) {}

  get active(): readonly Fault[] {
    return this.list;
  }

  add(body: Body): { readonly fault: Fault } | { readonly errors: FieldErrors } {
    const fields = new Fields(body);
    const fault = readFault(fields, this.lastId + 1, body['value'] ?? null);
    for (const name of Object.keys(body)) if (!KEYS.includes(name)) fields.fail(name, 'is not known');
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

  /** How far back in time lists may be read, in ms; 0: none is. */
  get longestStaleness(): number {
    return Math.max(0, ...this.list.map(({ kind, ms }) => (kind === 'stale_list' ? (ms ?? 0) : 0)));
  }

  clear(): void {
    this.list = [];
  }

  /** Counts the hit; a fault that has struck its number of times is gone. */
  strike(endpoint: string): Strike {
    const matching = this.list.filter((fault) => strikes(fault, endpoint) && this.random.next() < fault.probability);
    const latencies = matching.filter((fault) => fault.kind === 'latency');
    const fault = matching.find((other) => other.kind !== 'latency') ?? null;
    for (const hit of fault === null ? latencies : [...latencies, fault]) this.count(hit);
    return { latencyMs: latencies.reduce((sum, latency) => sum + (latency.ms ?? 0), 0), fault };
  }

  private count(fault: Fault): void {
    fault.hits += 1;
    if (fault.times === null) return;
    fault.times -= 1;
    if (fault.times === 0) this.remove(fault.id);
  }
}

/** What is read from a replica is lists: of other calls such a fault leaves the way free for the next one. */
const strikes = (fault: Fault, endpoint: string): boolean =>
  matches(fault.endpoint, endpoint) && (fault.kind !== 'stale_list' || LISTS.has(endpoint));

const matches = (pattern: string, endpoint: string): boolean => {
  if (pattern === '*' || pattern === endpoint) return true;
  return pattern.endsWith('.*') && endpoint.startsWith(pattern.slice(0, -1));
};

const readFault = (fields: Fields, id: number, value: unknown): Fault | null => {
  const kind = fields.text('kind', { required: true, oneOf: FAULT_KINDS }) as FaultKind | null;
  const endpoint = fields.text('endpoint', { required: true });
  if (endpoint !== null && !ENDPOINT_NAMES.some((name) => matches(endpoint, name)))
    fields.fail('endpoint', 'is not known');
  if (kind === null || endpoint === null) return null;
  if (kind === 'extra_rows' && !Array.isArray(value)) fields.fail('value', 'must be an array of rows');
  const needsMs = kind === 'latency' || kind === 'late_effect' || kind === 'stale_list';
  return {
    id,
    endpoint,
    kind,
    ms: fields.int('ms', { required: needsMs, min: 0, max: MAX_MS }),
    hold_ms: fields.int('hold_ms', { min: 0, max: MAX_MS }),
    status: fields.int('status', { min: 200, max: 599 }),
    retry_after: fields.int('retry_after', { min: 0 }),
    rows: fields.int('rows'),
    message: fields.text('message'),
    row: fields.int('row', { min: 1 }),
    field: fields.text('field', { required: kind === 'garbled_row' }),
    value,
    times: readTimes(fields, kind),
    probability: fields.number('probability', { min: 0, max: 1 }) ?? 1,
    hits: 0,
  };
};

/** A revoked token strikes once by default: if it struck for ever, no login would help. */
const readTimes = (fields: Fields, kind: FaultKind): number | null =>
  fields.int('times', { min: 1 }) ?? (kind === 'token_revoked' ? 1 : null);
