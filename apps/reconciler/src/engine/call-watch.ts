import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import type { Carrier, CallReading, Carriers } from '@dialtone/carriers';
import { afterSilence, type NextLook } from '@dialtone/domain';
import type { CallStore, CallWatches, CarrierAccessStore, DueLook } from '@dialtone/persistence';
import { onceAMinute, type CallEnds, type Logger } from '@dialtone/platform';

/** A carrier may take seconds to answer, and others wait. */
const AT_ONCE = 4;

/** What is counted of a call that is given up. */
const LOST = { status: 'lost', durationSeconds: null };

export interface CallWatchParts {
  readonly watches: Pick<CallWatches, 'noteSilence' | 'take'>;
  readonly calls: Pick<CallStore, 'noteHeard'>;
  readonly access: CarrierAccessStore;
  readonly carriers: Pick<Carriers, 'open'>;
  readonly metrics: CallEnds;
  /** Epoch ms. */
  readonly now: () => number;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Asks carriers for the calls that have fallen silent, more and more rarely, and gives up those of which nothing can be known. Only
 * reads: it never asks for a call. Every replica may do it at once: each takes other calls.
 */
export class CallWatch implements BeforeApplicationShutdown {
  private isStopped = false;

  private readonly tell: ReturnType<typeof onceAMinute>;

  constructor(private readonly parts: CallWatchParts) {
    this.tell = onceAMinute(parts.logger.warn.bind(parts.logger), Date.now);
  }

  @Cron(CronExpression.EVERY_10_SECONDS, { waitForCompletion: true })
  async watch(): Promise<void> {
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.lookAtDue()));
    } catch (error) {
      this.tell({ err: error }, 'Silent calls could not be looked at; next try in 10 seconds');
    }
  }

  beforeApplicationShutdown(): void {
    this.isStopped = true;
  }

  private async lookAtDue(): Promise<void> {
    for (let due = await this.next(); due !== null; due = await this.next()) await this.look(due);
  }

  private next(): Promise<DueLook | null> {
    return this.isStopped ? Promise.resolve(null) : this.parts.watches.take();
  }

  private async look(due: DueLook): Promise<void> {
    const reading = await this.read(due);
    const isNew = reading.kind === 'known' && (await this.note(due, reading));
    const next = isNew ? null : afterSilence({ ...due, canBeAsked: reading.kind !== 'unsupported' });
    if (next !== null) await this.noteSilence(due, next);
    const line = { call_id: due.id, connection_id: due.connectionId, provider: due.provider, reading: reading.kind };
    this.parts.logger.info({ ...line, next: next?.kind ?? 'heard' }, 'a silent call was looked at');
  }

  private async noteSilence(due: DueLook, next: NextLook): Promise<void> {
    const isNoted = await this.parts.watches.noteSilence(due, next);
    if (isNoted && next.kind === 'lost') this.parts.metrics.ended(due.provider, LOST);
  }

  /** Whether it was news. */
  private async note(
    { id, provider }: DueLook,
    { state, durationSeconds, reason }: Extract<CallReading, { kind: 'known' }>,
  ): Promise<boolean> {
    const heard = { source: 'poll', status: state, at: this.parts.now(), durationSeconds, error: reason } as const;
    const noted = await this.parts.calls.noteHeard(id, heard);
    if (noted.kind !== 'no_such_call' && noted.end !== null) this.parts.metrics.ended(provider, noted.end);
    return noted.kind === 'noted';
  }

  private async read(due: DueLook): Promise<CallReading> {
    const carrier = due.carrierId === null ? null : await this.open(due);
    return carrier === null || due.carrierId === null ? { kind: 'unsupported' } : carrier.readCall(due.carrierId);
  }

  private async open({ connectionId, provider }: DueLook): Promise<Carrier | null> {
    if (provider === 'voicelink') return null;
    const { baseUrl = null, credentials = null } = (await this.parts.access.find(connectionId)) ?? {};
    return credentials === null ? null : this.parts.carriers.open(provider, { baseUrl, credentials });
  }
}
