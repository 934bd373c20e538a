import { Inject, Injectable } from '@nestjs/common';
import type { ConnectionId, DidKey } from '@dialtone/domain';
import type { WorkTrigger } from '@dialtone/engine';
import type { KnownClients } from '@dialtone/persistence';
import type { Logger } from '@dialtone/platform';
import type { CallOutcome } from '@dialtone/voicelink';
import type { Call } from '../http/call';
import { KNOWN_CLIENTS, LOGGER, WORK_TRIGGER } from '../outside/tokens';

/** The work after a write was passed on: its log line, and the reconciles that it makes due. */
@Injectable()
export class AfterWrite {
  constructor(
    @Inject(WORK_TRIGGER) private readonly work: WorkTrigger,
    @Inject(KNOWN_CLIENTS) private readonly clients: KnownClients,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Logs the caller and the endpoint, never the body. */
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

  /** Lets readiness catch up at once: a reconcile for a declared number, a sweep for anything else. */
  async makeDue(
    connectionId: ConnectionId,
    { key, affectsNumbers }: { readonly key: DidKey | null; readonly affectsNumbers: boolean },
  ): Promise<void> {
    if (!affectsNumbers) return;
    const isDeclared = key !== null && (await this.work.trigger({ connectionId, key }));
    if (!isDeclared) await this.work.trigger({ connectionId, key: null });
  }

  /** Lists of clients that began before this count no more as the news of what is missing. */
  noteClient(connectionId: ConnectionId): Promise<void> {
    return this.clients.noteCreation(connectionId);
  }

  /** A failure after the write must not change the answer to the write. */
  async quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.logger.warn({ err: error }, 'what follows a write was not done; a sweep makes up for it');
    }
  }
}
