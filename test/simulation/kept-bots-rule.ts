import type { ListMemory, RemoteBot } from '@dialtone/domain';
import { ADDED_BY_HUMAN } from './humans';
import { Violation } from './invariants';
import { WEBSOCKET_URL } from './population';

/** No client gets a bot soon after one of its bots went missing from the lists, whichever connection was shown that. */
export class KeptBotsRule {
  /** Bots as last listed, if they would do for their client. */
  private readonly good = new Set<string>();
  /** What is stored of the account's lists of bots. */
  private listed: readonly string[] = [];
  /** The client of each bot, once it was stored. */
  private readonly clients = new Map<string, number>();
  /** When a bot was first noticed to be missing. */
  private missedAt: ReadonlyMap<string, number> = new Map();

  /** `keptMs`: for how long a bot that was listed keeps its client from getting another. */
  constructor(private readonly keptMs: number) {}

  /** A list that looks complete. A human's bot of the last moment may have come between a decision and its effect. */
  shows(bots: readonly RemoteBot[]): void {
    for (const { id, active, websocketUrl, name } of bots) {
      const wouldDo = (active === true || websocketUrl === WEBSOCKET_URL) && name !== ADDED_BY_HUMAN;
      if (wouldDo) this.good.add(String(id));
      else this.good.delete(String(id));
    }
  }

  /** What a list showed is stored, for all processes: a list that was not stored, or only in part, binds none of them. */
  remembers({ listed, clients }: Pick<ListMemory, 'listed' | 'clients'>, at: number): void {
    const stays = [...this.missedAt].filter(([bot]) => !listed.includes(bot));
    const missed = this.listed.filter((bot) => !listed.includes(bot)).map((bot) => [bot, at] as const);
    this.missedAt = new Map([...stays, ...missed]);
    this.listed = listed;
    for (const [bot, client] of Object.entries(clients)) this.clients.set(bot, client);
  }

  /** A bot is asked for. A process that was frozen stores late what it saw, so a part of the time must do. */
  asked(clientId: number, now: number): void {
    for (const [bot, at] of this.missedAt) {
      const isKept = this.good.has(bot) && this.clients.get(bot) === clientId && now - at < this.keptMs / 4;
      if (isKept) throw new Violation(`client ${String(clientId)} gets a bot soon after ${bot} went missing`);
    }
  }
}
