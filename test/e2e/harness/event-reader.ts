import { TOPIC_NAMES, type TopicName } from '@dialtone/contracts';
import { tailTopic, type TailedRecord } from '@dialtone/messaging';
import { silentLogger } from '@dialtone/messaging/testing';
import { setTimeout as sleep } from 'node:timers/promises';

export type OutboundTopic = Exclude<TopicName, `voicelink.reconcile-requests.${string}`>;

const OUTBOUND = TOPIC_NAMES.filter((name): name is OutboundTopic => !name.startsWith('voicelink.reconcile-requests.'));

/** An event as another service reads it. */
export interface ReadEvent {
  readonly topic: string;
  readonly id: string;
  readonly type: string;
  readonly recordKey: string | null;
  /** Header `ce_sequence`. */
  readonly sequence: string | undefined;
  readonly data: Readonly<Record<string, unknown>> & { readonly seq?: number; readonly issues?: readonly string[] };
}

/** One connection as another service sees it: every record of its topics, from the beginning. */
export class EventReader {
  private readonly records: TailedRecord[] = [];
  private readonly seen = new Set<string>();
  private readonly stopping = new AbortController();
  private readonly tails: Promise<void>;

  constructor(
    private readonly brokers: readonly string[],
    private readonly connectionId: string,
  ) {
    this.tails = Promise.all(OUTBOUND.map((topic) => this.follow(topic))).then(() => undefined);
  }

  /** Events of one DID, or without a key those of the connection itself, by arrival; includes repeated deliveries. */
  of(topic: OutboundTopic, key?: string): readonly ReadEvent[] {
    const recordKey = key === undefined ? this.connectionId : `${this.connectionId}/${key}`;
    return this.records.filter((record) => record.topic === topic && record.key === recordKey).map(toEvent);
  }

  drift(key: string): readonly ReadEvent[] {
    return this.of('voicelink.drift.v1', key);
  }

  all(): readonly ReadEvent[] {
    return this.records.map(toEvent);
  }

  /** Every record as it is on its topic, headers and all. */
  texts(): readonly string[] {
    return this.records.map((record) => JSON.stringify(record));
  }

  async close(): Promise<void> {
    this.stopping.abort();
    await this.tails;
  }

  /** The broker may be away, and the topics may not have been made yet. */
  private async follow(topic: OutboundTopic): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const tail = tailTopic({
        connection: { brokers: this.brokers, clientId: 'test-service' },
        logger: silentLogger,
        topic,
        fromBeginning: true,
        signal,
        onRecord: (record) => {
          this.take(record);
        },
      });
      await tail.catch(() => sleep(500));
    }
  }

  private take(record: TailedRecord): void {
    const place = `${record.topic}/${String(record.partition)}/${record.offset}`;
    if (record.key?.startsWith(this.connectionId) !== true || this.seen.has(place)) return;
    this.seen.add(place);
    this.records.push(record);
  }
}

const toEvent = (record: TailedRecord): ReadEvent => ({
  topic: record.topic,
  id: record.headers['ce_id'] ?? '',
  type: record.headers['ce_type'] ?? '',
  recordKey: record.key,
  sequence: record.headers['ce_sequence'],
  data: JSON.parse(record.value ?? '{}') as ReadEvent['data'],
});
