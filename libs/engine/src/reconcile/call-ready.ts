import {
  doubtOfKey,
  doubtsOf,
  mayBe,
  setAsideMessage,
  STEP_KINDS,
  type AgentId,
  type Binding,
  type ConnectionId,
  type DidKey,
  type Listing,
  type PlanSpec,
  type RemoteDid,
  phoneNumberOf,
} from '@dialtone/domain';
import { reportSteps, unresolved, type ReportedStep } from './call-ready-report';
import { converge, type Convergence, type Judged } from './converge';
import type { ConvergeDeps, TakenStep } from './progress';
import type { Target } from './look';
import type { StepContext } from '../writes/step-result';
import type { KeyReport } from '../verdicts/shown-verdict';
import type { SweepableConnection } from '../ports/connections';
import type { LocalNumberRow } from '../ports/phone-numbers';
import type { VoiceLinkAccount } from '../ports/upstream';

/** Which number: by VoiceLink's id of the DID, or by itself. */
export type DidReference = { readonly didId: number } | { readonly key: DidKey };

export interface CallReadyRequest {
  readonly connectionId: ConnectionId;
  readonly did: DidReference;
  readonly clientId: number | null;
  /** Of the same partner; null: none is assigned. */
  readonly agentId: AgentId | null;
  readonly botName: string | null;
  readonly websocketUrl: string | null;
  /** Who asks, and with which request; both go into the journal. */
  readonly actor: string;
  readonly requestId: string;
}

/** How far one request got. Reports are null while the number is not known. */
export interface CallReadyResult {
  readonly key: DidKey | null;
  readonly ready: boolean;
  /** Always all six, in order. */
  readonly steps: readonly ReportedStep[];
  /** Before anything was done; null when the DID could not be resolved. */
  readonly before: KeyReport | null;
  /** After the last step that was taken. */
  readonly after: KeyReport | null;
}

/** A number that is known, or why it is not. */
export type Resolution = { readonly key: DidKey } | { readonly unresolved: CallReadyResult };

/** A number that is declared on another connection of the account: two must not bring it to different states. */
export const declaredElsewhere = (connectionId: ConnectionId, key: DidKey): CallReadyResult => {
  const why = `${phoneNumberOf(key)} is declared on connection ${connectionId}, which uses the same VoiceLink account; send this there, or withdraw the declaration`;
  return { key, ready: false, steps: unresolved(why), before: null, after: null };
};

/** Waits that are this short altogether are waited for, so that two requests at the same time both finish. */
const PATIENCE_MS = 8_000;

/** Finds the number among the purchased DIDs. A number that is known here needs no list: what follows reads it anyway. */
export const resolveDid = async (
  deps: ConvergeDeps,
  { connectionId, did }: Pick<CallReadyRequest, 'connectionId' | 'did'>,
): Promise<Resolution> => {
  if ('key' in did && (await deps.keyStates.loadOne(connectionId, did.key)) !== null) return { key: did.key };
  const listing = await deps.reader.listDids();
  const found = listing.rows.find((row) => ('key' in did ? row.key === did.key : row.didId === did.didId));
  if (found !== undefined) return { key: found.key };
  const why = whyUnresolved(did, listing);
  const key = 'key' in did ? did.key : null;
  return { unresolved: { key, ready: false, steps: unresolved(why), before: null, after: null } };
};

const whyUnresolved = (did: DidReference, listing: Listing<RemoteDid>): string => {
  const [name, field] =
    'key' in did ? [phoneNumberOf(did.key), 'did_number'] : [`did_id=${String(did.didId)}`, 'did_id'];
  if (listing.status !== 'complete')
    return `The VoiceLink dids list is not complete (${listing.message}), and ${name} is not in what was read of it. Call this again in a moment.`;
  const odd = doubtsOf(listing).filter((row) =>
    'key' in did ? doubtOfKey([row], did.key, { isListed: false }) !== null : mayBe(row, did.didId),
  );
  if (odd.some(({ isMissing }) => isMissing === true))
    return `The VoiceLink dids list does not show ${name} (${setAsideMessage(odd)}). Call this again in a moment.`;
  if (odd.length > 0)
    return `The VoiceLink dids list does not show ${name}, which may be a row of it that cannot be read (${setAsideMessage(odd)}). Correct that in VoiceLink, then call this again.`;
  return `${name} is not among the purchased VoiceLink DIDs; buy it in VoiceLink or correct ${field}`;
};

export interface CallReadyWork {
  readonly connection: SweepableConnection;
  readonly account: VoiceLinkAccount;
  readonly lease: StepContext['lease'];
  readonly signal: AbortSignal;
  /** The declaration of this number, if there is one. */
  readonly binding: Binding | null;
  readonly key: DidKey;
  /** See `Target`. */
  readonly isAnsweredElsewhere: boolean;
  readonly deadline: number;
}

/** Brings one DID to what was asked for, as the reconciler would, under the lease of the DID. */
export const makeCallReady = async (
  deps: ConvergeDeps,
  request: CallReadyRequest,
  work: CallReadyWork,
): Promise<CallReadyResult> => {
  const { key } = work;
  const conflict = conflictOf(request, work.binding);
  const localBefore = await localRow(deps, request, key);
  const { first, last, telling, taken } = await runRounds(deps, targetOf(request, work, conflict === null));
  const localAfter = await localRow(deps, request, key);
  const { inDoubtMs } = deps.settings;
  const steps = withConflict(reportSteps({ opening: first.before.plan, taken, last: telling, inDoubtMs }), conflict);
  const { observation, readiness } = last.after;
  return {
    key,
    ready: readiness.state === 'READY' && steps.every(({ status }) => status !== 'failed'),
    steps,
    before: first.before.observation.did === null ? null : toReport(first.before, localBefore ?? localAfter),
    after: toReport({ observation, readiness }, localAfter),
  };
};

const localRow = async (
  { phoneNumbers }: ConvergeDeps,
  { connectionId }: CallReadyRequest,
  key: DidKey,
): Promise<LocalNumberRow | null> => (await phoneNumbers.rows(connectionId, [key]))[0] ?? null;

/** The verdict is of what was observed: a row that came later was not there then. */
const toReport = (
  { observation, readiness }: Pick<Judged, 'observation' | 'readiness'>,
  row: LocalNumberRow | null,
): KeyReport => {
  const { local } = observation;
  return { observation, readiness, local: local === null || row === null ? null : { ...row, ...local } };
};

interface Rounds {
  readonly first: Convergence;
  readonly last: Convergence;
  /** The round that says how it went. */
  readonly telling: Convergence;
  readonly taken: readonly TakenStep[];
}

/** Again after every short wait: another DID's bot is being made, or a lost answer's effect may show. */
const runRounds = async (deps: ConvergeDeps, target: Target): Promise<Rounds> => {
  const { clock } = deps;
  const deadline = clock.now() + PATIENCE_MS;
  const rounds: Convergence[] = [];
  for (;;) {
    const round = await converge(deps, target);
    rounds.push(round);
    const { ending } = round;
    const isOver = ending.kind !== 'waiting' || target.signal.aborted || clock.now() + ending.afterMs > deadline;
    if (isOver) {
      const telling = rounds.reduce((before, next) => (isBlindTo(before, next) ? before : next));
      return { first: rounds[0] ?? round, last: round, telling, taken: rounds.flatMap(takenIn) };
    }
    await clock.sleep(ending.afterMs, target.signal);
  }
};

/** The next round's lists leave open what became of the step that the previous round tried: the previous report is the better one. */
const isBlindTo = ({ tried }: Convergence, { ending, closing }: Convergence): boolean => {
  const obstacle = closing.find((planned) => planned.status === 'blocked');
  if (ending.kind !== 'complete' || tried === null || obstacle?.status !== 'blocked') return false;
  const { reason, step } = obstacle;
  return reason === 'observation_incomplete' && STEP_KINDS.indexOf(step) <= STEP_KINDS.indexOf(tried.step);
};

/** What was sent without an answer counts as taken once a later round finds it done. */
const takenIn = ({ ending, taken, tried }: Convergence): readonly TakenStep[] =>
  ending.kind === 'waiting' && ending.unknown === 'sent' && tried !== null ? [...taken, tried] : taken;

/** What a declaration says about a bot holds here too; what it says about client and agent must be asked for. */
const specOf = (request: CallReadyRequest, binding: Binding | null, assigns: boolean): PlanSpec => ({
  agentId: assigns ? request.agentId : null,
  clientId: request.clientId,
  botName: request.botName ?? binding?.botName ?? null,
  websocketUrl: request.websocketUrl ?? binding?.websocketUrl ?? null,
});

const targetOf = (request: CallReadyRequest, work: CallReadyWork, assigns: boolean): Target => {
  const { binding, connection, account, lease, signal, key, deadline, isAnsweredElsewhere } = work;
  const { actor, requestId } = request;
  const { id: connectionId, partnerId, accountId } = connection;
  const place = { partnerId, connectionId, accountId, key, actor, requestId };
  const declared = { bindingId: binding?.id ?? null, generation: binding?.generation ?? 0 };
  return {
    context: { ...place, ...declared, account, lease },
    spec: specOf(request, binding, assigns),
    mode: 'enforce',
    declaredAgentId: binding?.agentId ?? null,
    isAnsweredElsewhere,
    repairs: null,
    signal,
    deadline,
  };
};

/** A declared number belongs to the agent that is declared: the reconciler would take it back from any other. */
const conflictOf = ({ agentId }: CallReadyRequest, binding: Binding | null): string | null =>
  agentId === null || binding === null || binding.agentId === agentId
    ? null
    : `This number is declared for agent ${binding.agentId}, which wins over agent ${agentId}: change or withdraw the declaration, then call this again`;

const withConflict = (steps: readonly ReportedStep[], conflict: string | null): readonly ReportedStep[] =>
  conflict === null || steps.some(({ status }) => status === 'failed')
    ? steps
    : steps.map((step) =>
        step.step === 'assign_agent' ? { step: step.step, status: 'failed', detail: conflict } : step,
      );
