import { Inject, Injectable } from '@nestjs/common';
import type { NumberPage, Page, Principal, ReadinessStore, StoredReadiness } from '@dialtone/persistence';
import { labelSelector } from '../http/input/label-selection';
import { ConnectionSelection, requestedConnection } from '../http/input/connection-selection';
import { GATEWAY_SETTINGS, READINESS_STORE, type GatewaySettings } from '../outside/tokens';
import { asRead } from './as-read';
import type { VerdictQuery } from './readiness.dto';

/** Stored verdicts of one partner; VoiceLink is not called. */
@Injectable()
export class ReadinessService {
  constructor(
    @Inject(READINESS_STORE) private readonly verdicts: ReadinessStore,
    private readonly connections: ConnectionSelection,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  async list(page: NumberPage): Promise<Page<StoredReadiness>> {
    return this.shown(await this.verdicts.list(page));
  }

  /** Of the numbers with an open drift. */
  async drifts({ partnerId }: Principal, query: VerdictQuery): Promise<Page<StoredReadiness>> {
    const connectionId = requestedConnection(query);
    if (connectionId !== null) await this.connections.existing(partnerId, connectionId);
    return this.list({
      partnerId,
      limit: query.limit,
      drifting: true,
      ...(connectionId !== null && { connectionId }),
      ...(query.state !== undefined && { state: query.state }),
      ...labelSelector(query),
      ...(query.cursor !== undefined && { cursor: query.cursor }),
    });
  }

  private shown({ items, nextCursor }: Page<StoredReadiness>): Page<StoredReadiness> {
    return { items: items.map((stored) => asRead(stored, this.settings)), nextCursor };
  }
}
