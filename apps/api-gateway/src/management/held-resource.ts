import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Lease, Leases } from '@dialtone/engine';
import type { Logger } from '@dialtone/platform';
import { ApiError } from '../http/api-error';
import { GATEWAY_SETTINGS, LEASES, LOGGER, type GatewaySettings } from '../stores/tokens';

/** How long somebody else's work is waited for. */
const WAIT_MS = 3_000;
const LOOK_EVERY_MS = 100;
const RETRY_AFTER_SECONDS = '5';

const busy = (): ApiError =>
  new ApiError(
    'RESOURCE_BUSY',
    'Something else is being changed here at the moment, or the outcome of an earlier change is awaited; nothing was done. Try again.',
    { headers: { 'retry-after': RETRY_AFTER_SECONDS } },
  );

/** What the holder of a resource may do with it. */
export interface Held {
  /** Throws RESOURCE_BUSY when the lease was lost: to be awaited right before what needs it. */
  confirm(): Promise<void>;
  /** Lets nobody else have it, after the work has ended, for as long as an unanswered request may still take effect. */
  keepForLateEffects(): Promise<void>;
}

const NOTHING_HELD: Held = { confirm: () => Promise.resolve(), keepForLateEffects: () => Promise.resolve() };

/** Does work under the leases that the reconciler takes as well, so that neither writes between the other's read and write. */
@Injectable()
export class HeldResource {
  private readonly owner = `api-gateway/${randomUUID()}`;

  constructor(
    @Inject(LEASES) private readonly leases: Leases,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** `resource` null: nothing to hold. Throws RESOURCE_BUSY when it cannot be had soon. */
  async during<T>(resource: string | null, work: (held: Held) => Promise<T>): Promise<T> {
    if (resource === null) return work(NOTHING_HELD);
    const lease = await this.acquire(resource);
    const held = new HeldLease(this.leases, lease, this.settings);
    try {
      return await work(held);
    } finally {
      held.end();
      if (!held.isKept) await this.release(lease);
    }
  }

  private async acquire(resource: string): Promise<Lease> {
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      const lease = await this.leases.acquire(resource, this.owner, this.settings.leaseTtlMs);
      if (lease !== null) return lease;
      if (performance.now() >= deadline) throw busy();
      await delay(LOOK_EVERY_MS);
    }
  }

  /** A lease that could not be given back runs out. */
  private async release(lease: Lease): Promise<void> {
    try {
      await this.leases.release(lease);
    } catch (error) {
      this.logger.warn({ err: error, resource: lease.resource }, 'a lease could not be given back');
    }
  }
}

/** Renews its lease while work goes on under it. */
class HeldLease implements Held {
  isKept = false;
  private readonly beat: NodeJS.Timeout;

  constructor(
    private readonly leases: Leases,
    private readonly lease: Lease,
    private readonly settings: GatewaySettings,
  ) {
    const { leaseTtlMs } = settings;
    this.beat = setInterval(() => {
      this.leases.renew(lease, leaseTtlMs).catch(() => undefined);
    }, leaseTtlMs / 3);
  }

  async confirm(): Promise<void> {
    if (!(await this.leases.renew(this.lease, this.settings.leaseTtlMs))) throw busy();
  }

  async keepForLateEffects(): Promise<void> {
    this.end();
    this.isKept = await this.leases.renew(this.lease, this.settings.lateEffectMs);
  }

  end(): void {
    clearInterval(this.beat);
  }
}
