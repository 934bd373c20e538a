import type { Section } from '@dialtone/domain';
import type { MutatingCall, WriteOperation } from './remote-world';

/**
 * How a listing goes wrong. `fail` with `retryAfterMs` is a 429. `truncate` leaves off the last `leaveOff` rows (default 1).
 * `garble` lists these facts of one row in a form that is not understood; `id` is that of the row, of a DID its did_id.
 */
export type ReadFault =
  | { readonly on: Section; readonly kind: 'fail'; readonly unauthorized?: true; readonly retryAfterMs?: number }
  | { readonly on: Section; readonly kind: 'truncate'; readonly leaveOff?: number }
  | { readonly on: Section; readonly kind: 'garble'; readonly id: number; readonly facts: readonly string[] };

/** How a mutating call goes wrong; the faults of VoiceLink upstream notes §3 and §10.10. */
export type WriteFault = { readonly on: WriteOperation } &
  /** Answered 200 with status:false; nothing done. */
  (
    | { readonly kind: 'refuse' }
    /** Answered 500; nothing done, which the caller cannot know. */
    | { readonly kind: 'error' }
    | { readonly kind: 'rate_limit'; readonly retryAfterMs: number }
    | { readonly kind: 'timeout_before' }
    | { readonly kind: 'timeout_after' }
    /** Times out; the effect comes `delayMs` after that. */
    | { readonly kind: 'late_effect'; readonly delayMs: number }
  );

export type VoiceLinkFault = (ReadFault | WriteFault) & {
  /** Strikes this often; default 1, Infinity until cleared. */
  readonly times?: number;
};

/** Faults waiting to strike, in the order in which they were added. */
export class FaultPlan {
  private waiting: { readonly fault: VoiceLinkFault; left: number }[] = [];

  add(fault: VoiceLinkFault): void {
    this.waiting.push({ fault, left: fault.times ?? 1 });
  }

  clear(): void {
    this.waiting = [];
  }

  onRead(section: Section): ReadFault | null {
    return this.take((fault): fault is ReadFault => fault.on === section);
  }

  onWrite(call: MutatingCall): WriteFault | null {
    return this.take((fault): fault is WriteFault => fault.on === call.operation);
  }

  private take<F extends VoiceLinkFault>(strikes: (fault: VoiceLinkFault) => fault is F): F | null {
    for (const entry of this.waiting) {
      if (!strikes(entry.fault)) continue;
      entry.left -= 1;
      if (entry.left <= 0) this.waiting = this.waiting.filter((other) => other !== entry);
      return entry.fault;
    }
    return null;
  }
}
