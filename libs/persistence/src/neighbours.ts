import type { PartnerId } from '@dialtone/domain';

/** Long enough that a partner which asks once in a while is a neighbour all the time. */
const REMEMBERED_MS = 60_000;

interface Seen {
  readonly partnerId: PartnerId | null;
  /** On the monotonic clock of the process, ms. */
  readonly at: number;
}

const NEVER: Seen = { partnerId: null, at: Number.NEGATIVE_INFINITY };

/** Which partners a process works for: one that is alone may use what it would otherwise leave to others. */
export class Neighbours {
  private latest = NEVER;
  /** The latest of another partner than `latest`. */
  private other = NEVER;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Call for each piece of work that a partner asks for. */
  saw(partnerId: PartnerId): void {
    if (this.latest.partnerId !== partnerId) this.other = this.latest;
    this.latest = { partnerId, at: this.now() };
  }

  /** Whether another partner asked for something in the last minute. */
  has(partnerId: PartnerId): boolean {
    const { at } = this.latest.partnerId === partnerId ? this.other : this.latest;
    return this.now() - at < REMEMBERED_MS;
  }
}
