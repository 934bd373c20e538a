import { Inject, Injectable } from '@nestjs/common';
import type { ConnectionId, DidKey } from '@dialtone/domain';
import type { WorkTrigger } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import type { CallOutcome } from '@dialtone/voicelink';
import type { Call } from '../http/call';
import { LOGGER, WORK_TRIGGER } from '../stores/tokens';

/** What has to be looked at after a write: this number, whatever there is on the connection, or nothing. */
export type Touched = DidKey | 'connection' | 'nothing';

/** What follows a write that was passed on. */
@Injectable()
export class AfterWrite {
  constructor(
    @Inject(WORK_TRIGGER) private readonly work: WorkTrigger,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Who wrote what, without what was in it. */
  note(
    call: Call,
    written: { readonly connectionId: ConnectionId; readonly path: string },
    outcome: CallOutcome,
  ): void {
    const { principal, request } = call;
    const line = {
      request_id: request.id,
      partner_id: principal.partnerId,
      api_key_id: principal.apiKeyId,
      connection_id: written.connectionId,
      path: written.path,
      outcome: outcome.kind,
    };
    this.logger.info(line, 'a write was passed on to VoiceLink');
  }

  /** Readiness catches up at once: a declared number is looked at by itself, anything else is found by a sweep. */
  async makeDue(connectionId: ConnectionId, touched: Touched): Promise<void> {
    if (touched === 'nothing') return;
    const isDeclared = touched !== 'connection' && (await this.work.trigger({ connectionId, key: touched }));
    if (!isDeclared) await this.work.trigger({ connectionId, key: null });
  }

  /** Whatever goes wrong after a write must not change what the caller is told about it. */
  async quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error }, 'what was written will be seen by the next sweep only');
    }
  }
}
