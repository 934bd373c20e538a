import { Inject, Injectable } from '@nestjs/common';
import { lookBeforePointing, type PointingNote } from '@dialtone/carriers';
import { phoneNumberOf } from '@dialtone/domain';
import type { DuePointing, NumberPointings, PhoneNumberRow, PointingResult } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { pointingRefusals, pointingResult } from '@dialtone/runtime';
import { GATEWAY_SETTINGS, LOGGER, NUMBER_POINTINGS, type GatewaySettings } from '../outside/tokens';
import { within } from '../outside/within';
import { OpenedCarriers } from './opened-carriers';

/** How long a caller waits for what its carrier has now, ms; otherwise the reconciler looks, and the number tells later. */
const PATIENCE_MS = 5_000;

/**
 * Looks where the calls of a number go, so that the request that asks for them is answered with it before anything is changed. The
 * reconciler changes it.
 */
@Injectable()
export class InboundLooks {
  constructor(
    @Inject(NUMBER_POINTINGS) private readonly pointings: NumberPointings,
    private readonly carriers: OpenedCarriers,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Whether something was noted about the number. Never rejects: the number is changed already, and the reconciler looks as well. */
  async look({ id, pointing }: PhoneNumberRow): Promise<boolean> {
    if (pointing?.state !== 'pending') return false;
    try {
      const due = await this.pointings.take(id);
      if (due === null) return false;
      const result = await this.resultOf(due);
      if (result !== null) return await this.pointings.note(due, result);
      await this.pointings.leave(due);
    } catch (error) {
      this.logger.warn({ err: error, phone_number_id: id }, 'where the calls of a number go was not looked at');
    }
    return false;
  }

  /** Null: nothing is to be told now. */
  private async resultOf(due: DuePointing): Promise<PointingResult | null> {
    const { provider, wish, before } = due;
    if (wish !== 'point' || before !== null) return null;
    const says = pointingRefusals(provider);
    if (this.settings.dryRun) return { kind: 'pending', message: says.dryRun, retryAfterMs: null };
    if (this.settings.publicBaseUrl === null) return { kind: 'failed', message: says.noPublicUrl };
    const note = await within(PATIENCE_MS, this.lookAt(due));
    if (note === 'unopened') return { kind: 'failed', message: says.unopened };
    return note === null ? null : pointingResult(note);
  }

  private async lookAt({ connectionId, provider, key }: DuePointing): Promise<PointingNote | 'unopened'> {
    const inbound = (await this.carriers.of(connectionId, provider))?.inbound;
    return inbound === undefined ? 'unopened' : lookBeforePointing(inbound, phoneNumberOf(key));
  }
}
