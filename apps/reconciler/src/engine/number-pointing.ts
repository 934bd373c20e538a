import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { inboundTargetOf, takePointingTurn, type Carrier, type Carriers } from '@dialtone/carriers';
import { phoneNumberOf } from '@dialtone/domain';
import type { CarrierAccessStore, DuePointing, NumberPointings, PointingResult } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import { pointingRefusals, pointingResult } from '@dialtone/runtime';

/** A carrier may take seconds to answer, and others wait. */
const AT_ONCE = 4;

export interface NumberPointingParts {
  readonly pointings: NumberPointings;
  readonly access: CarrierAccessStore;
  readonly carriers: Pick<Carriers, 'open'>;
  /** Where carriers reach the gateway, without a slash at the end; null: they are given no URLs. */
  readonly publicBaseUrl: string | null;
  readonly dryRun: boolean;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Tells carriers to bring the inbound calls of numbers here, and gives the numbers back that nobody wants here any more. Each turn looks
 * at what is there, and changes at most one thing. Every replica may do it at once: each takes other numbers.
 */
export class NumberPointing implements BeforeApplicationShutdown {
  private isStopped = false;

  constructor(private readonly parts: NumberPointingParts) {}

  @Cron(CronExpression.EVERY_10_SECONDS, { waitForCompletion: true })
  async point(): Promise<void> {
    try {
      if (!this.isStopped) await this.parts.pointings.dropUnwanted();
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.takeDue()));
    } catch (error) {
      this.parts.logger.warn({ err: error }, 'Numbers could not be pointed; next try in 10 seconds');
    }
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
  }

  private async takeDue(): Promise<void> {
    for (let due = await this.next(); due !== null; due = await this.next()) await this.take(due);
  }

  private next(): Promise<DuePointing | null> {
    return this.isStopped ? Promise.resolve(null) : this.parts.pointings.take();
  }

  private async take(due: DuePointing): Promise<void> {
    const result = await this.resultOf(due);
    const isNoted = result !== null && (await this.parts.pointings.note(due, result));
    if (result === null) await this.parts.pointings.leave(due);
    const line = { phone_number_id: due.id, connection_id: due.connectionId, provider: due.provider, wish: due.wish };
    const message = result !== null && 'message' in result ? result.message : null;
    this.parts.logger.info(
      { ...line, result: result?.kind ?? 'overtaken', noted: isNoted, message },
      'a number was pointed',
    );
  }

  /** Null: something else is wanted by now. */
  private async resultOf(due: DuePointing): Promise<PointingResult | null> {
    const { id, connectionId, provider, wish, before, ours } = due;
    if (wish === 'give_back' && ours.length === 0 && !due.isUnreadable) return { kind: 'released', message: null };
    const refusal = this.refusalOf(due);
    if (refusal !== null) return refusal;
    const inbound = (await this.open(due))?.inbound;
    if (inbound === undefined) return { kind: 'failed', message: pointingRefusals(provider).unopened };
    const token = this.parts.pointings.tokenOf(connectionId);
    const target = inboundTargetOf(this.parts.publicBaseUrl ?? '', { provider, token, connectionId });
    const plan = { wish, before, ours, target, number: phoneNumberOf(due.key) };
    const note = await takePointingTurn(inbound, plan, (next) => this.parts.pointings.begin({ ...due, id }, next));
    return note === null ? null : pointingResult(note);
  }

  /** What keeps this deployment from asking the carrier at all. */
  private refusalOf({ provider, wish, isUnreadable }: DuePointing): PointingResult | null {
    const says = pointingRefusals(provider);
    if (isUnreadable) return { kind: 'failed', message: says.unreadable };
    if (this.parts.dryRun) return { kind: 'pending', message: says.dryRun, retryAfterMs: HOUR_MS };
    if (wish === 'point' && this.parts.publicBaseUrl === null) return { kind: 'failed', message: says.noPublicUrl };
    return null;
  }

  private async open({ connectionId, provider }: DuePointing): Promise<Carrier | null> {
    const { baseUrl = null, credentials = null } = (await this.parts.access.find(connectionId)) ?? {};
    return credentials === null ? null : this.parts.carriers.open(provider, { baseUrl, credentials });
  }
}

const HOUR_MS = 3_600_000;
