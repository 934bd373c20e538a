import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { acquireWithin, withRenewal, type Lease, type Leases } from '@dialtone/engine';
import { SystemClock, type Logger } from '@dialtone/platform';
import { ApiError } from '../http/errors/api-error';
import { GATEWAY_SETTINGS, LEASES, LOGGER, type GatewaySettings } from '../outside/tokens';

/** How long to wait for the current lease holder. */
const WAIT_MS = 3_000;
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
  private readonly clock = new SystemClock();

  constructor(
    @Inject(LEASES) private readonly leases: Leases,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Renews the lease while the work runs. When the lease is lost, `lost` aborts: the work must start nothing new, and the
   * journal refuses its writes. Throws RESOURCE_BUSY when the lease is not free soon.
   */
  async during<T>(resource: string, work: (lease: Lease, lost: AbortSignal) => Promise<T>): Promise<T> {
    const { clock, leases, owner } = this;
    const ttlMs = this.settings.leaseTtlMs;
    const lease = await acquireWithin(clock, WAIT_MS, () => leases.acquire(resource, owner, ttlMs));
    if (lease === null) throw resourceBusy();
    try {
      return await withRenewal({ leases, clock, ttlMs }, lease, (lost) => work(lease, lost));
    } finally {
      await this.release(lease);
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
