import { Inject, Injectable } from '@nestjs/common';
import type { Page, Principal, ReadinessStore, StoredReadiness } from '@dialtone/persistence';
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

  /** A named connection must exist: an empty list for a mistyped one would look like "nothing is wrong". */
  async list(
    { partnerId }: Principal,
    query: VerdictQuery,
    only: { readonly drifting: boolean },
  ): Promise<Page<StoredReadiness>> {
    const connectionId = requestedConnection(query);
    if (connectionId !== null) await this.connections.existing(partnerId, connectionId);
    const page = await this.verdicts.list({
      partnerId,
      limit: query.limit,
      ...(only.drifting && { drifting: true }),
      ...(connectionId !== null && { connectionId }),
      ...(query.state !== undefined && { state: query.state }),
      ...labelSelector(query),
      ...(query.cursor !== undefined && { cursor: query.cursor }),
    });
    return { ...page, items: page.items.map((stored) => asRead(stored, this.settings)) };
  }
}
