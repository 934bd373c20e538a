import type { TextContext } from '../core/message-text';

/** Asks for the names of all connections, by their ids. Rejects while it cannot be asked. */
export type FetchNames = () => Promise<ReadonlyMap<string, string>>;

const KEPT_MS = 600_000;
const KEPT_AFTER_FAILURE_MS = 60_000;

/** What texts need beside messages: names of connections come from the configuration, or from the API of Dialtone. */
export class MessageContexts {
  private fetched: ReadonlyMap<string, string> = new Map();
  private until = 0;

  constructor(
    private readonly options: {
      readonly names: Readonly<Record<string, string>>;
      readonly docsUrl: string | null;
      /** Null: names come from the configuration alone. */
      readonly fetchNames: FetchNames | null;
      readonly now: () => number;
    },
  ) {}

  /** Never rejects: a name that cannot be asked for is the last one that was told, or the id. */
  async current(): Promise<TextContext> {
    const { docsUrl, names } = this.options;
    await this.refresh();
    return { docsUrl, connectionName: (id) => names[id] ?? this.fetched.get(id) ?? id };
  }

  private async refresh(): Promise<void> {
    const { fetchNames, now } = this.options;
    if (fetchNames === null || now() < this.until) return;
    // Before the answer: other messages do not wait for the same one.
    this.until = now() + KEPT_AFTER_FAILURE_MS;
    try {
      this.fetched = await fetchNames();
      this.until = now() + KEPT_MS;
    } catch {
      // A message is worth more than a name.
    }
  }
}
