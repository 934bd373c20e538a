import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** A CloudEvent as a partner receives it, over a stream or at a webhook. */
export interface ToldEvent {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly key?: string | null; readonly seq?: number | null };
}

const PATH = '/api/v2/voicelink/events/stream';
const BETWEEN_MS = 50;

/**
 * A client of the stream of events over several gateways: cut off, it goes on at the next one with the last id that it has seen, for as
 * long as it takes.
 */
export class StreamFollower {
  /** By arrival; includes what came again. */
  readonly events: ToldEvent[] = [];
  /** How often a stream has begun. */
  begun = 0;
  private lastId: string | null = null;
  private readonly stopping = new AbortController();
  private readonly following: Promise<void>;

  constructor(
    private readonly urls: () => readonly string[],
    private readonly apiKey: string,
  ) {
    this.following = this.follow();
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.following;
  }

  private async follow(): Promise<void> {
    const { signal } = this.stopping;
    for (let nth = 0; !signal.aborted; nth += 1) {
      const urls = this.urls();
      await this.read(urls[nth % urls.length] ?? '').catch(() => undefined);
      await sleep(BETWEEN_MS);
    }
  }

  private async read(url: string): Promise<void> {
    const response = await this.opened(url);
    if (response.statusCode !== 200) {
      response.destroy();
      return;
    }
    this.begun += 1;
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      const blocks = (text + String(chunk)).split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.take(block);
    }
  }

  private opened(url: string): Promise<IncomingMessage> {
    const headers = {
      authorization: `Bearer ${this.apiKey}`,
      ...(this.lastId !== null && { 'last-event-id': this.lastId }),
    };
    return new Promise((resolve, reject) => {
      get(`${url}${PATH}`, { headers, agent: false, signal: this.stopping.signal }, resolve).on('error', reject);
    });
  }

  /** The event first: one whose id is remembered and that was not taken would be lost. */
  private take(block: string): void {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    const [id, data] = [field('id'), field('data')];
    if (data !== undefined && field('event')?.startsWith('dialtone.') === true) {
      this.events.push(JSON.parse(data) as ToldEvent);
    }
    if (id !== undefined) this.lastId = id;
  }
}
