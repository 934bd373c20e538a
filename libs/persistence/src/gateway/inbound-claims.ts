import type { InboundLossCode } from '@dialtone/contracts';
import type { ConnectionId, DidKey, PartnerId, PhoneNumberId } from '@dialtone/domain';
import { inboundLostEvent } from '@dialtone/engine';
import { type Queryable, rows, timeOf } from '../db';
import { appendChange } from '../events/append-change';

/**
 * Who takes the inbound calls of a number: one connection among those of all partners (a unique index). Who comes first has
 * them, unless VoiceLink says whose number it is: then only that partner takes it, also from one who came first.
 */
export interface InboundClaim {
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId;
  readonly keys: readonly DidKey[];
  /** All numbers of the connection that the transaction is about to write: their rows are locked with the others. */
  readonly written?: readonly DidKey[];
}

/** SQL: VoiceLink has accepted the login of a connection (`c`). What other carriers list is not known: their accounts are not verified. */
const IS_VERIFIED = `c.provider = 'voicelink' and c.status = 'ACTIVE' and c.deleted_at is null
  and c.last_verified_at is not null and not c.credentials_refused`;

/** SQL: the last list of the connection has the number (`d`), and not as expired. */
const IS_LISTED = `d.presence ->> 'did' = 'present' and not d.issues ? 'REMOTE_DID_EXPIRED' and ${IS_VERIFIED}`;

/**
 * SQL: the number is listed, or a list had it that the last one may only have missed. Enough to keep a claim, not to take one over. A
 * number that no list has ever had is suspect as well while its absence waits for a second list: its row is only what a partner wrote.
 */
const IS_PROOF = `(d.presence ->> 'did' = 'present' or d.presence ->> 'did' = 'suspect' and d.presence -> 'everListed' is not null)
  and not d.issues ? 'REMOTE_DID_EXPIRED' and ${IS_VERIFIED}`;

const PROOFS = 'dids d join connections c on c.id = d.connection_id';
const TAKES_CALLS = `p.status = 'ACTIVE' and p.inbound_enabled`;

interface Proofs {
  /** In a last list of the partner itself, whatever other partners' lists say. */
  readonly listed: readonly DidKey[];
  /** Proven for other partners only. */
  readonly foreign: readonly DidKey[];
}

const proofsOf = async (tx: Queryable, { partnerId, keys }: InboundClaim): Promise<Proofs> => {
  const found = await rows<{ key: DidKey; own: boolean; listed: boolean }>(
    tx,
    `select d.key, bool_or(c.partner_id = $1) as own, bool_or(c.partner_id = $1 and ${IS_LISTED}) as listed
       from ${PROOFS} where d.key = any($2::text[]) and ${IS_PROOF} group by d.key`,
    [partnerId, keys],
  );
  return {
    listed: found.filter(({ listed }) => listed).map(({ key }) => key),
    foreign: found.filter(({ own }) => !own).map(({ key }) => key),
  };
};

/**
 * Clears the way for a claim, in the transaction that makes it. Locks the connection's own rows of the numbers, and those
 * whose claim ends, in the order of keys and ids. Returns the numbers that the connection must not take.
 */
export const settleClaim = async (tx: Queryable, claim: InboundClaim): Promise<ReadonlySet<DidKey>> => {
  await releaseDisconnected(tx, claim.keys);
  const { listed, foreign } = await proofsOf(tx, claim);
  await displaceUnproven(tx, claim, { stored: listed, listed });
  const taken = await rows<{ key: DidKey }>(
    tx,
    `select p.key from phone_numbers p where p.key = any($2::text[]) and ${TAKES_CALLS} and p.connection_id <> $1`,
    [claim.connectionId, claim.keys],
  );
  return new Set([...foreign, ...taken.map(({ key }) => key)]);
};

/**
 * The same for numbers that are being imported from VoiceLink's list: those that it shows as the account's own (`listed`)
 * need no stored proof against accounts of other carriers. Against one of VoiceLink they do: what that one lists may not be
 * stored yet either.
 */
export const settleImport = async (tx: Queryable, claim: InboundClaim, listed: readonly DidKey[]): Promise<void> => {
  await releaseDisconnected(tx, claim.keys);
  const { listed: stored } = await proofsOf(tx, { ...claim, keys: listed });
  await displaceUnproven(tx, claim, { stored, listed });
};

/**
 * What a disconnected connection has is free, also before all of it is ended. Locks only rows of disconnected connections, in the
 * order of keys and ids, and before any others: no transaction that has others waits for these.
 */
const releaseDisconnected = async (tx: Queryable, keys: readonly DidKey[]): Promise<void> => {
  await tx.query(
    `with target as (
       select p.id from phone_numbers p join connections c on c.id = p.connection_id
        where p.key = any($1::text[]) and ${TAKES_CALLS} and c.status = 'DISCONNECTED'
        order by p.key, p.id for no key update of p
     )
     update phone_numbers p set status = 'INACTIVE', inbound_enabled = false, updated_at = now()
       from target where p.id = target.id`,
    [keys],
  );
};

interface Locked {
  readonly id: PhoneNumberId;
  readonly key: DidKey;
  readonly partner_id: PartnerId;
  readonly connection_id: ConnectionId;
}

/**
 * Ends the claims of other partners on the proven numbers of a partner, where nothing proves them. Within one partner
 * nothing is displaced: which of its connections answers is its own decision.
 */
const displaceUnproven = async (
  tx: Queryable,
  { partnerId, connectionId, keys, written = keys }: InboundClaim,
  { stored, listed }: { readonly stored: readonly DidKey[]; readonly listed: readonly DidKey[] },
): Promise<void> => {
  const locked = await rows<Locked>(
    tx,
    `select p.id, p.key, p.partner_id, p.connection_id from phone_numbers p
      where p.connection_id = $2 and p.key = any($3::text[])
         or p.key = any($5::text[]) and ${TAKES_CALLS} and p.partner_id <> $1
            and (p.key = any($4::text[])
                 or exists (select 1 from connections t where t.id = p.connection_id and t.provider <> 'voicelink'))
            and not exists (select 1 from ${PROOFS} where d.key = p.key and c.partner_id = p.partner_id and ${IS_PROOF})
      order by p.key, p.id for no key update of p`,
    [partnerId, connectionId, written, stored, listed],
  );
  await endClaims(
    tx,
    locked.filter(({ partner_id: owner }) => owner !== partnerId),
    'proven_elsewhere',
  );
};

/** Ends the claim on a number, whichever connection has it. Null: none has. */
export const releaseClaim = async (tx: Queryable, key: DidKey): Promise<Locked | null> => {
  const locked = await rows<Locked>(
    tx,
    `select p.id, p.key, p.partner_id, p.connection_id from phone_numbers p
      where p.key = $1 and ${TAKES_CALLS} for no key update of p`,
    [key],
  );
  await endClaims(tx, locked, 'released');
  return locked[0] ?? null;
};

/** Running calls go on, and the numbers stay active: they may be caller ids. */
const endClaims = async (tx: Queryable, ended: readonly Locked[], reason: InboundLossCode): Promise<void> => {
  if (ended.length === 0) return;
  await tx.query(
    `update phone_numbers set inbound_enabled = false, inbound_lost_at = now(), inbound_lost_reason = $2, updated_at = now()
      where id = any($1::uuid[])`,
    [ended.map(({ id }) => id), reason],
  );
  const now = await timeOf(tx);
  await appendChange(tx, {
    events: ended.map(({ id, key, connection_id: connectionId, partner_id: partnerId }) =>
      inboundLostEvent({ connectionId, partnerId, now }, { id, key, reason }),
    ),
  });
};
