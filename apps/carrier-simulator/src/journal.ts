import type { Phase } from './world/call';
import type { Provider } from './world/provider';

/** One request that may change something, as it was received. Filled in while it runs. */
export interface JournalEntry {
  /** From 1, in order of arrival. */
  readonly seq: number;
  /** ISO 8601, by the clock of the simulator. */
  readonly at: string;
  /** `twilio.calls.place`, or `unknown`. */
  readonly endpoint: string;
  readonly method: string;
  readonly path: string;
  /** Without secrets. */
  readonly body: unknown;
  /** Null until answered, and for ever when no answer was sent. */
  http_status: number | null;
  effect: boolean;
  /** The call that it placed. */
  call_id: string | null;
  fault: string | null;
}

/** One request that a carrier made, or would have made. */
export interface Delivery {
  readonly seq: number;
  readonly at: string;
  readonly provider: Provider;
  readonly call_id: string;
  readonly purpose: 'answer' | 'status';
  readonly phase: Phase;
  readonly method: string;
  readonly url: string;
  readonly fields: unknown;
  /** What became of it: `withheld` by a fault, else the status of the answer, null when none came. */
  outcome: 'waiting' | 'withheld' | 'sent';
  http_status: number | null;
  readonly fault: string | null;
}

/** Lists in order, whose numbers go on counting when they are cleared. */
export class Log<T extends { readonly seq: number }> {
  private list: T[] = [];
  private seq = 0;

  get entries(): readonly T[] {
    return this.list;
  }

  open(entry: Omit<T, 'seq'>): T {
    this.seq += 1;
    const numbered = { ...entry, seq: this.seq } as T;
    this.list.push(numbered);
    return numbered;
  }

  clear(): void {
    this.list = [];
  }
}
