import { randomUUID } from 'node:crypto';
import {
  type AnyLoggedEvent,
  EVENT_EXAMPLES,
  ISSUE_CODES,
  type IssueCode,
  type StoredEvent,
} from '@dialtone/contracts';
import { toKafkaRecord } from '@dialtone/messaging';

/** As Dialtone writes it. */
export interface SentRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Record<string, string>;
}

export type Random = () => number;

/** The same numbers for the same seed (mulberry32). */
export const seeded = (seed: number): Random => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

export const recordOf = (event: AnyLoggedEvent): SentRecord => {
  const stored = { ...event, position: 1n, created_at: new Date() } as StoredEvent;
  return { ...toKafkaRecord(stored), headers: { ...toKafkaRecord(stored).headers } };
};

interface Story {
  readonly key: string;
  seq: number;
  drift: { readonly id: string; issues: readonly IssueCode[]; readonly openedAt: string } | null;
}

/** Numbers of one connection that break and are repaired, with the events that tell of it, and what is true at last. */
export class NumberStories {
  readonly connectionId = randomUUID();
  readonly partnerId = randomUUID();
  /** Each drift that there ever was. */
  readonly drifts: string[] = [];
  private readonly stories: Story[];
  private minute = 0;

  constructor(
    count: number,
    private readonly random: Random,
  ) {
    this.stories = Array.from({ length: count }, (_, at) => ({
      key: String(918_000_000_000 + at),
      seq: 0,
      drift: null,
    }));
  }

  /** One change of one number: the records of it. */
  step(): readonly SentRecord[] {
    const story = this.stories[Math.floor(this.random() * this.stories.length)];
    if (story === undefined) return [];
    if (story.drift === null) return this.break(story);
    return this.random() < 0.3 ? this.change(story) : this.repair(story);
  }

  breakAll(): readonly SentRecord[] {
    return this.stories.filter(({ drift }) => drift === null).flatMap((story) => this.break(story));
  }

  repairAll(): readonly SentRecord[] {
    return this.repairSome(this.stories.length);
  }

  repairSome(count: number): readonly SentRecord[] {
    const broken = this.stories.filter(({ drift }) => drift !== null);
    return broken.slice(0, count).flatMap((story) => this.repair(story));
  }

  /** Ids by numbers. */
  open(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.stories.flatMap(({ key, drift }) => (drift === null ? [] : [[key, drift.id]])));
  }

  private break(story: Story): readonly SentRecord[] {
    const id = randomUUID();
    this.drifts.push(id);
    story.drift = { id, issues: this.issues(), openedAt: this.tick() };
    return [this.drift(story, 'dialtone.drift.detected.v1', {}), this.verdict(story)];
  }

  private change(story: Story): readonly SentRecord[] {
    const previous = story.drift?.issues ?? [];
    if (story.drift !== null) story.drift.issues = this.issues();
    return [this.drift(story, 'dialtone.drift.changed.v1', { previous_issues: previous }), this.verdict(story)];
  }

  private repair(story: Story): readonly SentRecord[] {
    const at = this.tick();
    const previous = story.drift?.issues ?? [];
    const over = { state: 'READY', issues: [], action_items: [], previous_issues: previous, resolved_at: at };
    const resolved = this.drift(story, 'dialtone.drift.resolved.v1', over);
    story.drift = null;
    return [resolved, this.verdict(story)];
  }

  private issues(): readonly IssueCode[] {
    const from = Math.floor(this.random() * (ISSUE_CODES.length - 1));
    return ISSUE_CODES.slice(from, from + 1 + Math.floor(this.random() * 2));
  }

  private tick(): string {
    this.minute += 1;
    return new Date(Date.UTC(2026, 10, 21, 0, this.minute)).toISOString();
  }

  private identity(story: Story) {
    story.seq += 1 + Number(this.random() < 0.2);
    const { key, seq } = story;
    const scope = { connection_id: this.connectionId, partner_id: this.partnerId };
    return { ...scope, key, phone_number: `+${key}`, seq, occurred_at: this.tick() };
  }

  private drift(story: Story, type: AnyLoggedEvent['type'], more: object): SentRecord {
    const { id, issues = [], openedAt } = story.drift ?? {};
    const said = { state: issues[0], issues, drift_id: id, opened_at: openedAt, ...more };
    return this.record(type, { ...EVENT_EXAMPLES[type], ...this.identity(story), ...said });
  }

  private verdict(story: Story): SentRecord {
    const type = 'dialtone.readiness.changed.v1';
    const issues = story.drift?.issues ?? [];
    // A value that is undefined is left out of JSON.
    const said = { state: issues[0] ?? 'READY', issues, action_items: [], drift_id: story.drift?.id };
    return this.record(type, { ...EVENT_EXAMPLES[type], ...this.identity(story), ...said });
  }

  private record(type: AnyLoggedEvent['type'], data: object): SentRecord {
    const { key, seq } = data as { readonly key: string; readonly seq: number };
    const event = { event_id: randomUUID(), type, connection_id: this.connectionId, key, seq, data };
    return recordOf(event as unknown as AnyLoggedEvent);
  }
}
