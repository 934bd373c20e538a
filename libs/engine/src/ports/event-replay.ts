import type { OutboundEventType, StoredEvent, TopicName } from '@dialtone/contracts';
import type { Issue, ReadinessState } from '@dialtone/domain';

/** Events of one topic that are to be sent once more. */
export interface ReplayPart {
  readonly types: readonly OutboundEventType[];
  /** Name of the cursor of the topic's relay: what it has not passed yet, it sends itself. */
  readonly cursor: string;
  /** Only events behind this position. */
  readonly after: bigint;
  /** Epoch ms: only events that were logged at this time or later. */
  readonly from: number;
  /** Epoch ms: only events that were logged before this time; null: all others. */
  readonly to: number | null;
  /** Only the last one of each key, and only if no later one is logged. */
  readonly latestOnly: boolean;
}

/** The log as an operator repairs topics from it. */
export interface EventReplay {
  /** Positions in order, and how far the relay has come: of one moment. */
  find(part: ReplayPart): Promise<{ readonly positions: readonly bigint[]; readonly until: bigint }>;
  /** In order of position. What was deleted meanwhile is left out. */
  read(positions: readonly bigint[]): Promise<readonly StoredEvent[]>;
  /** Record keys with events of a type that the relay has not passed. */
  undelivered(type: OutboundEventType, cursor: string): Promise<ReadonlySet<string>>;
}

/** What events have told of a number last. */
export interface ToldNumber {
  /** Of its records: `<connection id>/<key>`. */
  readonly recordKey: string;
  readonly state: ReadinessState;
  readonly issues: readonly Issue[];
  /** `seq` of the number's last event of any type; 0: there was none. */
  readonly eventSeq: number;
}

/** All numbers, in parts: each row is of one moment. */
export interface ToldNumbers {
  /** At most `limit`, in the order of their record keys, behind `after`; null: from the first one. */
  read(after: string | null, limit: number): Promise<readonly ToldNumber[]>;
}

/** A record of a compacted topic, as far as it says what a number is. */
export interface ToldRecord {
  readonly seq: number;
  readonly state: string;
  readonly issues: readonly string[];
}

/** A topic as it is now. */
export interface TopicReader {
  /** Calls with each record from the beginning up to the one that was the last when it began, null for one that is no event. */
  readAll(topic: TopicName, onRecord: (recordKey: string, record: ToldRecord | null) => void): Promise<void>;
}
