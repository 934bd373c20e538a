import type { PartnerId } from '@dialtone/domain';

export interface LongWorkLimits {
  /** What of a partner's time may be long work, beside others. */
  readonly share: number;
  /** What a partner has in advance, ms: so much long work makes nothing wait. */
  readonly freeMs: number;
  /** How long another partner counts as asking, ms. */
  readonly askingMs: number;
  /** How long a partner's next request waits at most, ms. */
  readonly restMs: number;
}

interface Partner {
  askedAt: number;
  /** Long work that was done and has not been made up for by time, ms, at `at`. */
  debt: number;
  at: number;
}

/**
 * Lets long work take a share of the machine while others ask: after it a partner rests in proportion to what it took, so that
 * most requests of others find nothing of it under way. A partner rests for lighter ones only, which have less than half of its debt:
 * those who are slow because the machine is are all in debt, and one that is alone has none.
 */
export class LongWork {
  /** The one that asked last is last. Without those that neither asked lately nor are in debt. */
  private readonly partners = new Map<PartnerId, Partner>();

  constructor(
    private readonly limits: LongWorkLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Call for each request. */
  asked(partnerId: PartnerId): void {
    const now = this.now();
    const partner = this.partners.get(partnerId) ?? { askedAt: now, debt: 0, at: now };
    partner.askedAt = now;
    this.partners.delete(partnerId);
    this.partners.set(partnerId, partner);
    for (const [id, one] of this.partners) {
      if (this.isAsking(one, now) || this.debtOf(one, now) > 0) return;
      this.partners.delete(id);
    }
  }

  /** Long work of the partner has taken so long. */
  did(partnerId: PartnerId, ms: number): void {
    const partner = this.partners.get(partnerId);
    if (ms <= 0 || partner === undefined) return;
    const now = this.now();
    const { share, freeMs, restMs } = this.limits;
    const isAlone = !this.isAnother(partnerId, () => true);
    partner.debt = isAlone ? 0 : Math.min(this.debtOf(partner, now) + ms, freeMs + share * restMs);
    partner.at = now;
  }

  /** How long the partner's next request waits as things stand, ms. It may be less by then: ask again. */
  restOf(partnerId: PartnerId): number {
    const partner = this.partners.get(partnerId);
    if (partner === undefined || partner.debt === 0) return 0;
    const now = this.now();
    const debt = this.debtOf(partner, now);
    if (debt <= this.limits.freeMs) return 0;
    if (!this.isAnother(partnerId, (other) => this.debtOf(other, now) < debt / 2)) return 0;
    return (debt - this.limits.freeMs) / this.limits.share;
  }

  private debtOf({ debt, at }: Partner, now: number): number {
    return Math.max(0, debt - (now - at) * this.limits.share);
  }

  private isAsking({ askedAt }: Partner, now: number): boolean {
    return now - askedAt < this.limits.askingMs;
  }

  private isAnother(partnerId: PartnerId, is: (other: Partner) => boolean): boolean {
    const now = this.now();
    for (const [id, other] of this.partners) {
      if (id !== partnerId && this.isAsking(other, now) && is(other)) return true;
    }
    return false;
  }
}
