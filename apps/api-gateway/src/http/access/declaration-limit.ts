import { Inject, Injectable } from '@nestjs/common';
import type { Principal, RequestWindows } from '@dialtone/persistence';
import { GATEWAY_SETTINGS, REQUEST_WINDOWS, type GatewaySettings } from '../../outside/tokens';
import { ApiError, retryAfterSeconds } from '../errors/api-error';

const WINDOW_MS = 60_000;
const BUCKET = 'declarations';

/**
 * Limits the numbers that an API key declares and withdraws in bulk in a minute, however many requests they come in. Requests
 * are limited besides, and those for one number by that alone.
 */
@Injectable()
export class DeclarationLimit {
  constructor(
    @Inject(REQUEST_WINDOWS) private readonly windows: RequestWindows,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  /** Takes all or none of them; throws RATE_LIMITED when the minute has fewer left. */
  async take({ apiKeyId }: Principal, numbers: number): Promise<void> {
    const limit = this.settings.declarationsPerMinute;
    if (limit === 0 || numbers === 0) return;
    const asked = { amount: numbers, limit, windowMs: WINDOW_MS };
    const { used, resetMs, isTaken } = await this.windows.take(apiKeyId, BUCKET, asked);
    if (isTaken) return;
    throw new ApiError(
      'RATE_LIMITED',
      `This API key may declare and withdraw ${String(limit)} numbers a minute in bulk, and has ${String(limit - used)} left: send fewer, or wait ${retryAfterSeconds(resetMs)} seconds.`,
      { retryAfterMs: resetMs },
    );
  }
}
