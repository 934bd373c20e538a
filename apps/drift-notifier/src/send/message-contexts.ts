import type { Message } from '../core/message';
import type { TextContext } from '../core/message-text';

/** Asks for the name of a connection; null when there is none. Rejects while it cannot be asked. */
export type FetchName = (connectionId: string) => Promise<string | null>;

const KEPT_MS = 600_000;

interface Known {
  readonly name: string | null;
  readonly until: number;
}

const connectionsIn = ({ parts }: Message): readonly string[] => [
  ...new Set(parts.flatMap(({ broken, ended }) => [...broken, ...ended].map(({ connectionId }) => connectionId))),
];

/** What texts need beside messages: names of connections come from the configuration, or from the API of Dialtone. */
export class MessageContexts {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly options: {
      readonly names: Readonly<Record<string, string>>;
      readonly docsUrl: string | null;
      /** Null: names come from the configuration alone. */
      readonly fetchName: FetchName | null;
      readonly now: () => number;
    },
  ) {}

  /** Never rejects: a name that cannot be asked for is the id. */
  async for(message: Message): Promise<TextContext> {
    const { docsUrl } = this.options;
    const names = new Map<string, string>();
    for (const id of connectionsIn(message)) names.set(id, await this.nameOf(id));
    return { docsUrl, connectionName: (id) => names.get(id) ?? id };
  }

  private async nameOf(id: string): Promise<string> {
    const { fetchName, names, now } = this.options;
    const given = names[id];
    if (given !== undefined || fetchName === null) return given ?? id;
    const known = this.known.get(id);
    if (known !== undefined && known.until > now()) return known.name ?? id;
    const name = await fetchName(id).catch(() => known?.name ?? null);
    this.known.set(id, { name, until: now() + KEPT_MS });
    return name ?? id;
  }
}
