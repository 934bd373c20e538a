import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { judgeAccess, type Carriers } from '@dialtone/carriers';
import type { CarrierChecks, CheckVerdict, DueCheck } from '@dialtone/persistence';
import { onceAMinute, type Logger } from '@dialtone/platform';

/** A carrier may take seconds to answer, and others wait. */
const AT_ONCE = 4;

const UNREADABLE: CheckVerdict = {
  kind: 'unknown',
  message: 'The stored credentials cannot be opened with any key of this deployment: send them again.',
};

/**
 * Verifies the credentials of carriers other than VoiceLink from time to time, those first that could not be verified when they were
 * stored. Every replica may do it at once: each takes other connections.
 */
export class CarrierVerification implements BeforeApplicationShutdown {
  private isStopped = false;
  private readonly tell: ReturnType<typeof onceAMinute>;

  constructor(
    private readonly checks: CarrierChecks,
    private readonly carriers: Carriers,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {
    this.tell = onceAMinute(logger.warn.bind(logger), Date.now);
  }

  @Cron(CronExpression.EVERY_10_SECONDS, { waitForCompletion: true })
  async verify(): Promise<void> {
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.verifyDue()));
    } catch (error) {
      this.tell({ err: error }, 'Credentials of carriers could not be verified; next try in 10 seconds');
    }
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
  }

  private async verifyDue(): Promise<void> {
    for (let due = await this.next(); due !== null; due = await this.next()) {
      const verdict = await this.judge(due);
      const isNoted = await this.checks.note(due, verdict);
      const line = { connection_id: due.id, provider: due.provider, verdict: verdict.kind, noted: isNoted };
      this.logger.info(line, 'credentials of a carrier verified');
    }
  }

  private next(): Promise<DueCheck | null> {
    return this.isStopped ? Promise.resolve(null) : this.checks.take();
  }

  private judge({ provider, baseUrl, credentials }: DueCheck): Promise<CheckVerdict> {
    if (credentials === null) return Promise.resolve(UNREADABLE);
    return judgeAccess(this.carriers, provider, { baseUrl, credentials });
  }
}
