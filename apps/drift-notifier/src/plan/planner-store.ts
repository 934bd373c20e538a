import { randomUUID } from 'node:crypto';
import type { GroupLabels, Incident } from '../core/incident';
import { type Message, messageParts } from '../core/message';
import { type Group, type GroupPlan, type Notice, planGroup } from '../core/plan-group';
import type { Receiver } from '../settings/receivers';
import type { Database, Session } from '../store/database';
import { incidentOf, type IncidentRow } from '../store/incident-row';

interface GroupRow {
  readonly key: string;
  readonly labels: GroupLabels;
  readonly created_at: Date;
  readonly last_sent_at: Date | null;
  readonly held: boolean;
}
interface NoticeRow extends IncidentRow {
  readonly group_key: string;
  readonly step: Notice['step'];
  readonly due_at: Date;
}

/** One replica at a time plans for a receiver; the others go on. */
const LOCK_RECEIVER = `select now() as now from receivers where name = $1 for update skip locked`;
const DUE = `
  select key, labels, created_at, last_sent_at, held from groups
   where receiver = $1 and next_at <= now() order by key for update`;
const NOTICES = `
  select n.group_key, n.step, n.due_at, i.* from notices n join incidents i on i.id = n.incident_id
   where n.receiver = $1 and n.group_key = any($2)`;
const WAIT = `update groups set next_at = $3, held = $4 where receiver = $1 and key = $2`;
const SENT = `
  update groups set last_sent_at = $3, next_at = $3, held = false where receiver = $1 and key = $2`;
const FORGET = `delete from groups where receiver = $1 and key = $2`;
const TELL = `update notices set step = 'told' where receiver = $1 and incident_id = any($2)`;
const DONE = `delete from notices where receiver = $1 and incident_id = any($2)`;
const POST = `insert into outbox (message_id, receiver, message) values ($1, $2, $3)`;

interface Planned {
  readonly row: GroupRow;
  readonly notices: readonly NoticeRow[];
  readonly plan: GroupPlan;
}

const noticeOf = ({ id, step, due_at }: NoticeRow): Notice => ({ id, step, dueAt: due_at.getTime() });

const groupOf = (row: GroupRow, notices: readonly NoticeRow[]): Group => ({
  createdAt: row.created_at.getTime(),
  lastSentAt: row.last_sent_at?.getTime() ?? null,
  notices: notices.map(noticeOf),
});

const incidentsIn = (notices: readonly NoticeRow[], ids: readonly string[]): readonly Incident[] => {
  const wanted = new Set(ids);
  return notices.filter(({ id }) => wanted.has(id)).map(incidentOf);
};

/** Turns groups that are due into messages of the outbox; both are written in one transaction. */
export class PlannerStore {
  constructor(private readonly database: Database) {}

  /** How many messages there are to send now. */
  planFor(receiver: Receiver): Promise<number> {
    return this.database.transact(async (session) => {
      const [lock] = await session.rows<{ readonly now: Date }>(LOCK_RECEIVER, [receiver.name]);
      if (lock === undefined) return 0;
      const rows = await session.rows<GroupRow>(DUE, [receiver.name]);
      if (rows.length === 0) return 0;
      const notices = await session.rows<NoticeRow>(NOTICES, [receiver.name, rows.map(({ key }) => key)]);
      const planned = rows.map((row) => {
        const own = notices.filter(({ group_key: key }) => key === row.key);
        return { row, notices: own, plan: planGroup(groupOf(row, own), receiver.rhythm, lock.now.getTime()) };
      });
      for (const one of planned) await this.settle(session, receiver, { ...one, now: lock.now });
      return this.post(session, receiver, planned);
    });
  }

  private async settle(session: Session, { name }: Receiver, planned: Planned & { readonly now: Date }): Promise<void> {
    const { row, notices, plan, now } = planned;
    switch (plan.kind) {
      case 'wait':
      case 'hold': {
        const until = plan.until === null ? null : new Date(plan.until);
        // Held until the end of the quiet hours once there is something to say, whatever comes meanwhile.
        await session.run(WAIT, [name, row.key, until, plan.kind === 'hold']);
        return;
      }
      case 'forget':
        await session.run(FORGET, [name, row.key]);
        return;
      case 'send': {
        const calls = new Set(notices.filter(({ kind }) => kind === 'call').map(({ id }) => id));
        await session.run(TELL, [name, plan.broken.filter((id) => !calls.has(id))]);
        // A call that failed is told once, and what has ended is told then.
        await session.run(DONE, [name, [...plan.ended, ...plan.broken.filter((id) => calls.has(id))]]);
        await session.run(SENT, [name, row.key, now]);
      }
    }
  }

  /** What was held is one message; each other group has its own. */
  private async post(session: Session, receiver: Receiver, planned: readonly Planned[]): Promise<number> {
    const messages: Message[] = [];
    const held: Message['parts'][number][] = [];
    for (const { row, notices, plan } of planned) {
      if (plan.kind !== 'send') continue;
      const told = notices.filter(({ step }) => step === 'told').length;
      const input = {
        labels: row.labels,
        broken: incidentsIn(notices, plan.broken),
        ended: incidentsIn(notices, plan.ended),
        stillBroken: told,
        isRepeat: plan.isRepeat,
      };
      const parts = messageParts(input, receiver.maxShown);
      if (row.held) held.push(...parts);
      else messages.push({ isSummary: false, parts });
    }
    if (held.length > 0) messages.push({ isSummary: true, parts: held });
    for (const message of messages) await session.run(POST, [randomUUID(), receiver.name, JSON.stringify(message)]);
    return messages.length;
  }
}
