/** One mutating call as it was received. Filled in while the call runs: status and effect may come later. */
export interface JournalEntry {
  /** From 1, in order of arrival. */
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
  /** Endpoint name, or `unknown` for a path that does not exist here. */
  readonly endpoint: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  /** Null until answered, and for ever when no answer was sent. */
  http_status: number | null;
  /** Whether the account changed. A late effect sets this after the call is over. */
  effect: boolean;
  created_id: number | null;
  /** Kind of the fault that was injected into this call. */
  fault: string | null;
}

const SECRET = /password|secret|token/i;

/** Every mutating call received, accepted or not. Logins and logouts are left out: they change tokens only. */
export class Journal {
  private list: JournalEntry[] = [];
  private seq = 0;

  get entries(): readonly JournalEntry[] {
    return this.list;
  }

  open(call: Pick<JournalEntry, 'at' | 'endpoint' | 'method' | 'path' | 'body'>): JournalEntry {
    this.seq += 1;
    const { at, endpoint, method, path } = call;
    const outcome = { http_status: null, effect: false, created_id: null, fault: null };
    const entry: JournalEntry = { seq: this.seq, at, endpoint, method, path, body: redact(call.body), ...outcome };
    this.list.push(entry);
    return entry;
  }

  /** `seq` goes on counting. */
  clear(): void {
    this.list = [];
  }
}

const redact = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, SECRET.test(name) ? '[redacted]' : redact(inner)]),
  );
};
