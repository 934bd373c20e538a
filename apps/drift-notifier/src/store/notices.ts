import { groupLabelsOf, type Incident, isWanted } from '../core/incident';
import type { Receiver } from '../settings/receivers';
import type { Session } from './database';

const INSERT = `
  insert into incidents (id, kind, partner_id, connection_id, phone_number, codes, detail, since, ended_at, ended_as)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing`;

/** Locks the group, which a planner may look at, until the end of the transaction. */
const TOUCH = `
  insert into groups (receiver, key, labels, next_at) values ($1, $2, $3, now())
  on conflict (receiver, key) do update set next_at = least(coalesce(groups.next_at, now()), now())
  where not groups.held`;

const NOTICE = `
  insert into notices (receiver, incident_id, group_key, step, due_at)
  values ($1, $2, $3, 'waiting', $4) on conflict (receiver, incident_id) do nothing`;

const inOrder = (receivers: readonly Receiver[]): readonly Receiver[] =>
  [...receivers].sort((a, b) => (a.name < b.name ? -1 : 1));

/** When it counts: a call at once. */
const dueAt = ({ kind, since }: Incident, { forMs }: Receiver): Date =>
  new Date(Date.parse(since) + (kind === 'drift' ? forMs : 0));

/** Puts a notice in the group of each receiver that wants to hear of it; one that has it already is left as it is. */
export const announce = async (session: Session, incident: Incident, receivers: readonly Receiver[]): Promise<void> => {
  const { id, kind, partnerId, connectionId, phoneNumber, codes, detail, since, endedAt, endedAs } = incident;
  await session.run(INSERT, [id, kind, partnerId, connectionId, phoneNumber, codes, detail, since, endedAt, endedAs]);
  // In one order for all, so that two transactions never wait for each other.
  for (const receiver of inOrder(receivers.filter(({ filter }) => isWanted(filter, incident)))) {
    const labels = JSON.stringify(groupLabelsOf(incident, receiver.groupBy));
    await session.run(TOUCH, [receiver.name, labels, labels]);
    await session.run(NOTICE, [receiver.name, id, labels, dueAt(incident, receiver)]);
  }
};

const GROUPS_OF = `
  select g.receiver, g.key from groups g join notices n on n.receiver = g.receiver and n.group_key = g.key
   where n.incident_id = $1 order by g.receiver, g.key for update of g`;

const END = `update incidents set ended_at = $2, ended_as = $3 where id = $1 and ended_at is null`;
/** What was not told needs no end. */
const DROP = `delete from notices where incident_id = $1 and (step = 'waiting' or not (receiver = any($2)))`;
const MARK = `update notices set step = 'ended' where incident_id = $1 and step = 'told'`;
const WAKE = `
  update groups g set next_at = now() from notices n
   where n.incident_id = $1 and n.receiver = g.receiver and n.group_key = g.key and not g.held`;

/** The incident is over. Receivers that were told of it are told so, as far as they want to be. */
export const conclude = async (
  session: Session,
  end: { readonly id: string; readonly at: string; readonly how: string },
  receivers: readonly Receiver[],
): Promise<void> => {
  await session.rows(GROUPS_OF, [end.id]);
  await session.run(END, [end.id, end.at, end.how]);
  await session.run(WAKE, [end.id]);
  const telling = receivers.filter(({ sendsResolved }) => sendsResolved).map(({ name }) => name);
  await session.run(DROP, [end.id, telling]);
  await session.run(MARK, [end.id]);
};
