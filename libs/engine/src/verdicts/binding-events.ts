import type {
  BindingDeclarationData,
  BindingOutcomeCode,
  BindingStatusData,
  DidScope,
  NewEvent,
  RepairsContestedData,
} from '@dialtone/contracts';
import { phoneNumberOf, type Binding, type ConnectionId } from '@dialtone/domain';
import type { Contest } from '../ports/contest';
import { contestMessage } from '../writes/contest';
import type { ReconcileStatus } from './binding-status';

export type DeclarationChange = 'declared' | 'updated' | 'deleted';

/** A declaration leaves a disconnected connection for another one. */
export interface DeclarationMove {
  readonly from: ConnectionId;
  readonly to: ConnectionId;
}

export interface ChangedDeclaration {
  readonly change: DeclarationChange;
  /** What is, or for a deleted binding was, declared. */
  readonly binding: Binding;
  readonly actor: string;
  /** Of a move: it is `deleted` on the connection that it leaves, and `declared` on the other one, a generation later. */
  readonly move?: DeclarationMove;
}

/** When an event of a DID is logged. */
export interface DidMoment {
  /** The DID's next event number. */
  readonly seq: number;
  /** Store's time, epoch ms. */
  readonly now: number;
}

type BindingPlace = Pick<Binding, 'id' | 'partnerId' | 'connectionId' | 'key' | 'generation'>;

const scopeOf = (
  { id, partnerId, connectionId, key, generation }: BindingPlace,
  { seq, now }: DidMoment,
): DidScope & Pick<BindingStatusData, 'binding_id' | 'generation'> => ({
  connection_id: connectionId,
  partner_id: partnerId,
  key,
  phone_number: phoneNumberOf(key),
  seq,
  occurred_at: new Date(now).toISOString(),
  binding_id: id,
  generation,
});

export const declarationEvent = ({ change, binding, actor, move }: ChangedDeclaration, moment: DidMoment): NewEvent => {
  const data: BindingDeclarationData = {
    ...scopeOf(binding, moment),
    agent_id: binding.agentId,
    client_id: binding.clientId,
    bot_name: binding.botName,
    mode: binding.mode,
    actor,
    ...(binding.releasing !== undefined && { releasing: binding.releasing }),
    ...(move !== undefined && change === 'deleted' && { moved_to: move.to }),
    ...(move !== undefined && change === 'declared' && { moved_from: move.from }),
  };
  const { connectionId, key } = binding;
  return { type: `dialtone.binding.${change}.v1`, connection_id: connectionId, key, seq: moment.seq, data };
};

/** Says that a declared number is not repaired any more for a while. */
export const contestEvent = (binding: BindingPlace, contest: Contest, moment: DidMoment): NewEvent => {
  const at = (epochMs: number): string => new Date(epochMs).toISOString();
  const data: RepairsContestedData = {
    ...scopeOf(binding, moment),
    kind: contest.kind,
    step: contest.step,
    fields: contest.fields,
    undone_at: contest.undoneAt.map(at),
    by: contest.by,
    resumes_at: at(contest.until),
    message: contestMessage(contest),
  };
  const { connectionId, key } = binding;
  return { type: 'dialtone.repairs.contested.v1', connection_id: connectionId, key, seq: moment.seq, data };
};

/** Says how the reconciling of a binding stands. */
export const statusEvent = (
  binding: BindingPlace,
  status: Omit<ReconcileStatus, 'stalls'> & { readonly outcome: BindingOutcomeCode },
  moment: DidMoment,
): NewEvent => {
  const data: BindingStatusData = {
    ...scopeOf(binding, moment),
    outcome: status.outcome,
    message: status.message,
    observed_generation: status.observedGeneration,
    attempts: status.attempts,
  };
  const { connectionId, key } = binding;
  return { type: 'dialtone.binding.status.v1', connection_id: connectionId, key, seq: moment.seq, data };
};
