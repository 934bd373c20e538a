import type { ConnectionId } from '@dialtone/domain';
import type { ConnectionStates, VoiceLinkState } from '@dialtone/persistence';
import type { GatewayHarness } from '@dialtone/persistence/testing';
import { NOW } from './observations';

/** Of a VoiceLink connection that was never swept. */
const UNSWEPT: VoiceLinkState = {
  now: NOW.getTime(),
  sweep: { startedAt: null, endedAt: null, completeAt: null, dueAt: NOW, isRunning: false },
  warnings: [],
  suspect: [],
  heldSince: null,
  unansweredUntil: null,
  budget: { aheadMs: 0, blockedUntil: null },
};

/** How connections are, as far as a test says so. */
export class MemoryConnectionStates implements ConnectionStates {
  private readonly known = new Map<ConnectionId, VoiceLinkState>();

  constructor(private readonly connections: () => GatewayHarness['stores']['connections']) {}

  set(id: ConnectionId, state: Partial<VoiceLinkState>): void {
    this.known.set(id, { ...UNSWEPT, ...state });
  }

  clear(): void {
    this.known.clear();
  }

  async list(page: Parameters<ConnectionStates['list']>[0]): ReturnType<ConnectionStates['list']> {
    const { items, nextCursor } = await this.connections().list(page);
    return {
      items: items.map(({ connection }) => ({
        connection,
        voicelink: connection.provider === 'voicelink' ? (this.known.get(connection.id) ?? UNSWEPT) : null,
      })),
      nextCursor,
    };
  }

  noteBreaker(id: ConnectionId, openForMs: number | null): Promise<void> {
    this.set(id, { unansweredUntil: openForMs === null ? null : NOW.getTime() + openForMs });
    return Promise.resolve();
  }
}
