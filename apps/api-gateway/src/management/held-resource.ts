import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Lease, Leases } from '@dialtone/engine';
import type { Logger } from '@dialtone/platform';
import { ApiError } from '../http/errors/api-error';
import { GATEWAY_SETTINGS, LEASES, LOGGER, type GatewaySettings } from '../outside/tokens';

/** How long to wait for the current lease holder, and how often to try. */
const WAIT_MS = 3_000;
const LOOK_EVERY_MS = 100;
const RETRY_AFTER_MS = 5_000;

/** Nothing was sent: another holder has the lease, or an earlier write may still take effect. */
export const resourceBusy = (retryAfterMs = RETRY_AFTER_MS): ApiError =>
  new ApiError(
    'RESOURCE_BUSY',
    'Something else is being changed here at the moment, or the outcome of an earlier change is awaited; nothing was done. Try again.',
    { retryAfterMs },
  );

/** Runs work under the leases of the reconciler, so that neither writes between the other's read and write. */
@Injectable()
export class HeldResource {
  private readonly owner = `api-gateway/${randomUUID()}`;

  constructor(
    @Inject(LEASES) private readonly leases: Leases,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Renews the lease while the work runs. Throws RESOURCE_BUSY when the lease is not free soon. */
  async during<T>(resource: string, work: (lease: Lease) => Promise<T>): Promise<T> {
    const lease = await this.acquire(resource);
    const { leaseTtlMs } = this.settings;
    const beat = setInterval(() => {
      this.leases.renew(lease, leaseTtlMs).catch(() => undefined);
    }, leaseTtlMs / 3);
    try {
      return await work(lease);
    } finally {
      clearInterval(beat);
      await this.release(lease);
    }
  }

  private async acquire(resource: string): Promise<Lease> {
    const deadline = performance.now() + WAIT_MS;
    for (;;) {
      const lease = await this.leases.acquire(resource, this.owner, this.settings.leaseTtlMs);
      if (lease !== null) return lease;
      if (performance.now() >= deadline) throw resourceBusy();
      await delay(LOOK_EVERY_MS);
    }
  }

  /** A lease that cannot be released expires. */
  private async release(lease: Lease): Promise<void> {
    try {
      await this.leases.release(lease);
    } catch (error) {
      this.logger.warn({ err: error, resource: lease.resource }, 'a lease could not be given back');
    }
  }
}
