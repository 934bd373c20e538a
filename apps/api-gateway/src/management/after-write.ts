import { Inject, Injectable } from '@nestjs/common';
import type { ConnectionId, DidKey } from '@dialtone/domain';
import type { WorkTrigger } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import type { CallOutcome } from '@dialtone/voicelink';
import type { Call } from '../http/call';
import { LOGGER, WORK_TRIGGER } from '../outside/tokens';

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
  async makeDue(
    connectionId: ConnectionId,
    { key, affectsNumbers }: { readonly key: DidKey | null; readonly affectsNumbers: boolean },
  ): Promise<void> {
    if (!affectsNumbers) return;
    const isDeclared = key !== null && (await this.work.trigger({ connectionId, key }));
    if (!isDeclared) await this.work.trigger({ connectionId, key: null });
  }

  /** Whatever goes wrong after a write must not change what the caller is told about it. */
  async quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error }, 'what follows a write was not done; a sweep makes up for it');
    }
  }
}
