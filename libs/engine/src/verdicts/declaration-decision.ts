import {
  sameMarks,
  sameSpec,
  type Binding,
  type BindingSpec,
  type ConnectionId,
  type DeclarationMarks,
  type Release,
  type ReleasePolicy,
} from '@dialtone/domain';

export type Precondition =
  | { readonly kind: 'none' }
  /** If-Match: only when it exists with this generation. */
  | { readonly kind: 'generation'; readonly generation: number }
  /** If-Match: * */
  | { readonly kind: 'exists' }
  /** If-None-Match: * */
  | { readonly kind: 'absent' };

/** Who asks, and on what condition. */
export interface DeclarationClaim {
  readonly precondition: Precondition;
  /** The manager in whose name it is asked; null: in nobody's. */
  readonly manager: string | null;
  /** Also when another manager has the number. */
  readonly takeOver: boolean;
}

/** A declaration as it is stored. */
export interface StandingDeclaration {
  readonly binding: Binding;
  readonly marks: DeclarationMarks;
  /** A disconnected connection never becomes active again. */
  readonly isConnectionActive: boolean;
}

export interface AskedDeclaration extends Omit<DeclarationClaim, 'manager'> {
  readonly connectionId: ConnectionId;
  readonly spec: BindingSpec;
  readonly marks: DeclarationMarks;
  /** Neither the stored list nor VoiceLink has the client that it names. */
  readonly isClientMissing: boolean;
}

export type DeclarationRefusal =
  | { readonly kind: 'client_not_found' }
  /** The partner has as many declarations as it may have. */
  | { readonly kind: 'quota_reached'; readonly atMost: number }
  | { readonly kind: 'precondition_failed'; readonly generation: number | null }
  | { readonly kind: 'agent_not_found' }
  /** Not an active connection of the partner. */
  | { readonly kind: 'connection_not_found' }
  /** The key is declared on another connection of the same partner. */
  | { readonly kind: 'connection_conflict'; readonly connectionId: ConnectionId }
  /** The number belongs to what another manager declares. */
  | { readonly kind: 'manager_conflict'; readonly manager: string };

/** What is asked for a withdrawal, beside who asks. */
export interface WithdrawalTerms {
  /** What has no manager, or another one by now, is not meant. */
  readonly ownOnly?: boolean;
  /** What is declared on another one is not meant. */
  readonly connectionId?: ConnectionId;
  /** Instead of what is declared. */
  readonly release?: ReleasePolicy;
}

/** What is to become of the stored declaration. */
export type DeclarationDecision =
  DeclarationRefusal | { readonly kind: 'created' } | { readonly kind: 'updated' } | { readonly kind: 'unchanged' };

export type WithdrawalDecision =
  | { readonly kind: 'removed' }
  /** It stays until this is done. `begins`: it was not on the way already. */
  | { readonly kind: 'releasing'; readonly releasing: Release; readonly begins: boolean }
  | { readonly kind: 'not_found' }
  | Extract<DeclarationRefusal, { readonly kind: 'precondition_failed' | 'manager_conflict' }>;

const holds = (precondition: Precondition, generation: number | null): boolean => {
  switch (precondition.kind) {
    case 'none':
      return true;
    case 'exists':
      return generation !== null;
    case 'absent':
      return generation === null;
    case 'generation':
      return generation === precondition.generation;
  }
};

/** A number without a manager may get one from whatever declares it; one with a manager keeps it unless it is taken over. */
const conflictOf = (
  { manager, takeOver }: Omit<DeclarationClaim, 'precondition'>,
  current: StandingDeclaration,
): Extract<DeclarationRefusal, { kind: 'manager_conflict' }> | null => {
  const first = current.marks.manager;
  return first === null || first === manager || takeOver ? null : { kind: 'manager_conflict', manager: first };
};

/** What the partner has. */
export interface KnownOfPartner {
  readonly agent: boolean;
  /** The named connection is active. */
  readonly connection: boolean;
  readonly current: StandingDeclaration | null;
  readonly quota: { readonly atMost: number; readonly left: number };
}

/** A client was checked when it was first named: what became of it is told by readiness. */
const namesItAlready = ({ connectionId, spec }: AskedDeclaration, current: StandingDeclaration | null): boolean =>
  current?.binding.connectionId === connectionId && current.binding.clientId === spec.clientId;

/**
 * The one decision about a declaration, for one number and for a thousand. `known` is what the partner has.
 */
export const decideDeclaration = (asked: AskedDeclaration, known: KnownOfPartner): DeclarationDecision => {
  const { current } = known;
  if (asked.isClientMissing && !namesItAlready(asked, current)) return { kind: 'client_not_found' };
  if (!known.agent) return { kind: 'agent_not_found' };
  if (!known.connection) return { kind: 'connection_not_found' };
  const generation = current?.binding.generation ?? null;
  if (!holds(asked.precondition, generation)) return { kind: 'precondition_failed', generation };
  if (current !== null) return decideChange(asked, current);
  const { atMost, left } = known.quota;
  return left > 0 ? { kind: 'created' } : { kind: 'quota_reached', atMost };
};

const decideChange = (asked: AskedDeclaration, current: StandingDeclaration): DeclarationDecision => {
  const { binding } = current;
  const isMoved = binding.connectionId !== asked.connectionId;
  if (isMoved && current.isConnectionActive) return { kind: 'connection_conflict', connectionId: binding.connectionId };
  // Its manager has let go of what is being released.
  if (binding.releasing !== undefined) return { kind: 'updated' };
  const conflict = conflictOf({ manager: asked.marks.manager, takeOver: asked.takeOver }, current);
  if (conflict !== null) return conflict;
  const isSame = !isMoved && sameSpec(binding, asked.spec) && sameMarks(current.marks, asked.marks);
  return isSame ? { kind: 'unchanged' } : { kind: 'updated' };
};

export const decideWithdrawal = (
  claim: DeclarationClaim & WithdrawalTerms,
  current: StandingDeclaration | null,
): WithdrawalDecision => {
  if (current === null) return { kind: 'not_found' };
  if (claim.ownOnly === true && current.marks.manager !== claim.manager) return { kind: 'not_found' };
  const { connectionId = current.binding.connectionId } = claim;
  if (connectionId !== current.binding.connectionId) return { kind: 'not_found' };
  const { generation } = current.binding;
  if (!holds(claim.precondition, generation)) return { kind: 'precondition_failed', generation };
  return conflictOf(claim, current) ?? releaseOf(claim, current);
};

/** A disconnected connection is not written to any more. Asked for again, a release goes on as it is unless another is named. */
const releaseOf = ({ release }: WithdrawalTerms, { binding, isConnectionActive }: StandingDeclaration) => {
  const policy = release ?? binding.releasing ?? binding.release;
  if (policy === 'keep' || !isConnectionActive) return { kind: 'removed' } as const;
  return { kind: 'releasing', releasing: policy, begins: binding.releasing !== policy } as const;
};
