import type { ConnectionId, ListMemory, RemoteBot } from '@dialtone/domain';
import { ADDED_BY_HUMAN } from './humans';
import { Violation } from './invariants';
import { WEBSOCKET_URL, type Population } from './population';

/** What one connection has stored of its lists of bots. */
interface Remembered {
  readonly listed: readonly string[];
  /** The client of each bot, once it was stored. */
  readonly clients: ReadonlyMap<string, number>;
  /** When a bot was first noticed to be missing. */
  readonly missedAt: ReadonlyMap<string, number>;
}

const NOTHING: Remembered = { listed: [], clients: new Map(), missedAt: new Map() };

/** No client gets a bot soon after one of its bots went missing from the lists. */
export class KeptBotsRule {
  /** Bots as last listed, if they would do for their client. */
  private readonly good = new Set<string>();
  private readonly remembered = new Map<ConnectionId, Remembered>();

  constructor(
    private readonly population: Population,
    /** For how long a bot that was listed keeps its client from getting another. */
    private readonly keptMs: number,
  ) {}

  /** A list that looks complete. A human's bot of the last moment may have come between a decision and its effect. */
  shows(bots: readonly RemoteBot[]): void {
    for (const { id, active, websocketUrl, name } of bots) {
      const wouldDo = (active === true || websocketUrl === WEBSOCKET_URL) && name !== ADDED_BY_HUMAN;
      if (wouldDo) this.good.add(String(id));
      else this.good.delete(String(id));
    }
  }

  /** What a list showed is stored, for all processes: a list that was not stored, or only in part, binds none of them. */
  remembers(id: ConnectionId, { listed, clients }: Pick<ListMemory, 'listed' | 'clients'>, at: number): void {
    const before = this.remembered.get(id) ?? NOTHING;
    const stays = [...before.missedAt].filter(([bot]) => !listed.includes(bot));
    const missed = before.listed.filter((bot) => !listed.includes(bot)).map((bot) => [bot, at] as const);
    this.remembered.set(id, {
      listed,
      clients: new Map([...before.clients, ...Object.entries(clients)]),
      missedAt: new Map([...stays, ...missed]),
    });
  }

  /**
   * A bot is asked for. A process that was frozen stores late what it saw, so a part of the time must do; and a connection
   * knows only what it was shown itself.
   */
  asked(clientId: number, now: number): void {
    const soon = this.population.connectionIds.map((id) =>
      this.missedSoon(this.remembered.get(id) ?? NOTHING, clientId, now),
    );
    const [bot] = soon;
    if (bot === undefined || soon.includes(null) || bot === null) return;
    throw new Violation(`client ${String(clientId)} gets a bot soon after ${bot} went missing`);
  }

  private missedSoon({ clients, missedAt }: Remembered, clientId: number, now: number): string | null {
    for (const [bot, at] of missedAt) {
      if (this.good.has(bot) && clients.get(bot) === clientId && now - at < this.keptMs / 4) return bot;
    }
    return null;
  }
}
