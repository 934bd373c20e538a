import { randomUUID } from 'node:crypto';
import {
  type Binding,
  type BindingId,
  type ConnectionId,
  type DidKey,
  NO_MARKS,
  type PartnerId,
} from '@dialtone/domain';
import {
  decideDeclaration,
  decideWithdrawal,
  type DeclarationDecision,
  type Precondition,
  type WithdrawalDecision,
} from '@dialtone/engine';
import type {
  AskedItem,
  AskedWithdrawal,
  BindingView,
  Inspect,
  Inspected,
  InspectedNumber,
  ItemResult,
} from './binding-store';
import type { Queryable } from '../db';
import { storableSpec } from '../engine/binding-rows';
import { inPairs } from '../in-pairs';
import { earlierWork, type EarlierWork } from './earlier-work';
import { lookAt, type NamedPlace, type SeenPlace } from './declaration-look';
import type { DeclarationWrite, Premise } from './declaration-write';

type Asked = Required<AskedItem>;
type Withdrawal = AskedWithdrawal & { readonly precondition: Precondition };

/** What is to become of one number: the answer, and what must be written for it; null: nothing. */
export interface Decided<Result> {
  readonly result: Result;
  readonly write: DeclarationWrite | null;
}

export interface AskedChanges {
  readonly partnerId: PartnerId;
  readonly declare: readonly AskedItem[];
  readonly withdraw: readonly Withdrawal[];
  /** The quota of bindings, unless the operator has set another one; 0: any number. */
  readonly atMost: number;
  readonly inspect?: Inspect | undefined;
  /** Whether what is declared now is to be shown. */
  readonly withViews?: boolean;
}

export interface DecidedChanges {
  /** What must still be so when it is written, beside what is written itself. Empty unless it was inspected. */
  readonly premises: readonly Premise[];
  readonly declared: readonly Decided<ItemResult>[];
  readonly withdrawn: readonly Decided<WithdrawalDecision>[];
  /** What is declared now of what is declared; null: nothing, or it was not asked for. */
  readonly views: readonly (BindingView | null)[];
  /** An earlier attempt has done some of it, or all. */
  readonly isRepeated: boolean;
  /** What the partner may have; Infinity: any number. */
  readonly atMost: number;
}

/**
 * Looks at all numbers in one statement, without a lock, and lets the engine decide about each. What an earlier attempt at the
 * same request did to a number is its result, and is not done again.
 */
export const decideChanges = async (
  db: Queryable,
  { partnerId, declare, withdraw, atMost: configured, inspect, withViews = false }: AskedChanges,
): Promise<DecidedChanges> => {
  const asked = declare.map(askedOf);
  const named = [
    ...asked.map(({ key, connectionId, spec }) => ({ key, connectionId, agentId: spec.agentId })),
    ...withdraw.map(({ key }) => ({ key, connectionId: null, agentId: null })),
  ];
  const keys = named.map(({ key }) => key);
  const done = await earlierWork(db, partnerId, keys);
  const isInspected = inspect !== undefined && done.size === 0;
  const added = withViews ? 'views' : 'no more';
  const places = await lookAt(db, partnerId, named, isInspected ? 'observations' : added);
  const atMost = (places[0]?.setQuota ?? configured) || Infinity;
  let created = 0;
  const declared = inPairs(asked, places).map(([one, seen]) => {
    const earlier = declaredBefore(done.get(one.key), seen);
    if (earlier !== null) return earlier;
    const decided = decideOne(one, seen, { partnerId, atMost, left: atMost - seen.used - created });
    if (decided.result.kind === 'created') created += 1;
    return decided;
  });
  const withdrawn = inPairs(withdraw, places.slice(asked.length)).map(
    ([one, seen]) => withdrawnBefore(done.get(one.key)) ?? decideWithdrawn(one, seen),
  );
  if (isInspected) await inspect(shown(declared, withdrawn, places));
  const premises = isInspected ? inPairs(named, places).flatMap(([one, seen]) => premisesOf(one, seen)) : [];
  const views = places.slice(0, asked.length).map(({ view }) => view);
  return { atMost, declared, withdrawn, premises, views, isRepeated: done.size > 0 };
};

/** What has been withdrawn since is declared again. */
const declaredBefore = (done: EarlierWork | undefined, { current }: SeenPlace): Decided<ItemResult> | null =>
  (done?.kind === 'created' || done?.kind === 'updated') && current !== null ? { result: done, write: null } : null;

const withdrawnBefore = (done: EarlierWork | undefined): Decided<WithdrawalDecision> | null =>
  done?.kind === 'removed' || done?.kind === 'releasing' ? { result: done, write: null } : null;

/** All or nothing is written at once: when some of it has been, the rest of it needed no change, and gets none now. */
export const asWritten = ({ declared, withdrawn }: DecidedChanges): Pick<DecidedChanges, 'declared' | 'withdrawn'> => ({
  declared: declared.map(({ result, write }) => ({
    result: write === null ? result : { kind: 'unchanged', generation: write.before?.binding.generation ?? 0 },
    write: null,
  })),
  withdrawn: withdrawn.map(({ result, write }) => ({
    result: write === null ? result : { kind: 'not_found' },
    write: null,
  })),
});

const shown = (
  declared: DecidedChanges['declared'],
  withdrawn: DecidedChanges['withdrawn'],
  places: readonly SeenPlace[],
): Inspected => ({
  declared: inPairs(declared, places).map(inspectedOf),
  withdrawn: inPairs(withdrawn, places.slice(declared.length)).map(inspectedOf),
});

const inspectedOf = <Result>([{ result }, { current, observed }]: readonly [
  Decided<Result>,
  SeenPlace,
]): InspectedNumber<Result> => ({
  result,
  current,
  observation: observed?.observation ?? null,
  seenAt: observed?.seenAt ?? null,
});

/** The DIDs that the number was looked at on: where it is to be declared, and where it is. A withdrawal has only the second. */
const premisesOf = (place: NamedPlace, seen: SeenPlace): readonly Premise[] => {
  const digest = seen.observed?.digest ?? null;
  const at = seen.current?.binding.connectionId ?? null;
  const isLeaving = place.connectionId === null;
  return [
    ...premiseOf(place.key, place.connectionId, seen.seq, digest),
    ...(at === place.connectionId ? [] : premiseOf(place.key, at, seen.currentSeq, isLeaving ? digest : null)),
  ];
};

const premiseOf = (
  key: DidKey,
  connectionId: ConnectionId | null,
  seq: number | null,
  digest: string | null,
): readonly Premise[] => (connectionId === null || seq === null ? [] : [{ connectionId, key, seq, digest }]);

const askedOf = (item: AskedItem): Asked => ({
  marks: NO_MARKS,
  takeOver: false,
  isClientMissing: false,
  ...item,
  spec: storableSpec(item.spec),
});

interface Owner {
  readonly partnerId: PartnerId;
  readonly atMost: number;
  /** Bindings that it may still have more. */
  readonly left: number;
}

const decideOne = (asked: Asked, seen: SeenPlace, { partnerId, ...quota }: Owner): Decided<ItemResult> => {
  const decision = decideDeclaration(asked, { ...seen, quota });
  const generation = nextGeneration(seen, decision);
  if (decision.kind === 'unchanged') return { result: { kind: 'unchanged', generation }, write: null };
  if (decision.kind !== 'created' && decision.kind !== 'updated') return { result: decision, write: null };
  const { connectionId, key, marks, spec } = asked;
  const id = seen.current?.binding.id ?? (randomUUID() as unknown as BindingId);
  const binding: Binding = { ...spec, id, partnerId, connectionId, key, generation };
  const who = { before: seen.current, askedBy: marks.manager };
  const write = { change: decision.kind, binding, marks, ...who, seq: seen.seq, buried: seen.buried };
  return { result: { kind: decision.kind, generation }, write: { ...write, ...leftBy(asked, seen) } };
};

/** The connection that a declaration moves from. */
const leftBy = ({ connectionId }: Asked, seen: SeenPlace): Pick<DeclarationWrite, 'movedFrom' | 'leftSeq'> => {
  const current = seen.current?.binding ?? null;
  if (current === null || current.connectionId === connectionId) return { movedFrom: null, leftSeq: null };
  return { movedFrom: current, leftSeq: seen.currentSeq };
};

const decideWithdrawn = (claim: Withdrawal, seen: SeenPlace): Decided<WithdrawalDecision> => {
  const result = decideWithdrawal(claim, seen.current);
  if (seen.current === null) return { result, write: null };
  const { binding, marks } = seen.current;
  const who = { before: seen.current, askedBy: claim.manager };
  const premises = { ...who, marks, movedFrom: null, seq: seen.currentSeq, leftSeq: null, buried: seen.buried };
  if (result.kind === 'removed') return { result, write: { change: 'removed', binding, ...premises } };
  if (result.kind !== 'releasing' || !result.begins) return { result, write: null };
  const releasing = { ...binding, releasing: result.releasing, generation: binding.generation + 1 };
  return { result, write: { change: 'releasing', binding: releasing, ...premises } };
};

/** A key that is declared again goes on counting, so that no ETag ever names two contents. */
const nextGeneration = (seen: SeenPlace, { kind }: DeclarationDecision): number => {
  if (kind === 'created') return seen.buried + 1;
  const generation = seen.current?.binding.generation ?? 0;
  return kind === 'updated' ? generation + 1 : generation;
};
