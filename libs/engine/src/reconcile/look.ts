import {
  NOTHING_SEEN,
  remembered,
  restraintsOf,
  samePresence,
  withShown,
  type AgentId,
  type BindingMode,
  type KeyObservation,
  type KeySection,
  type LocalPhoneNumber,
  type MadeWrite,
  type PlanSpec,
  type PlanTerms,
  type PresenceMemory,
  type Release,
  type RemoteBot,
  type Restraint,
} from '@dialtone/domain';
import { observationOf, withList, type DidListReader, type DidLists } from '../listings/did-lists';
import { doubtful, honestlyListed } from '../listings/misreported-bots';
import type { RepairMemory } from '../ports/contest';
import type { Clock } from '../ports/clock';
import type { MisreportedBots, NumberSteering, VoiceLinkConnections } from '../ports/connections';
import type { UnresolvedWrite } from '../ports/journal';
import type { KeyStates, StoredKey } from '../ports/key-states';
import type { PhoneNumbers } from '../ports/phone-numbers';
import type { EngineSettings } from '../ports/settings';
import { keyWrites, type KeyWrites } from '../writes/recent-writes';
import type { StepContext, StepDeps } from '../writes/step-result';

/** What to bring one DID to. */
export interface Target {
  readonly context: StepContext;
  readonly spec: PlanSpec;
  /** What the declaration says; `enforce` for a request, which asks for the steps itself. */
  readonly mode: BindingMode;
  /** It is withdrawn, and this is to be undone. */
  readonly releasing?: Release | undefined;
  /** The agent that verdicts are judged by, for every caller; null while no declaration names the DID. */
  readonly declaredAgentId: AgentId | null;
  /** True: another connection of the account answers for the DID, so no verdict is stored here. */
  readonly isAnsweredElsewhere: boolean;
  /** Null: a person asks for the steps, whatever became of earlier ones. */
  readonly repairs: RepairMemory | null;
  readonly signal: AbortSignal;
  /**
   * After this time (epoch ms, this process) nothing more is begun but the first step, so that asking again makes progress.
   * Infinity: no caller waits.
   */
  readonly deadline: number;
}

export interface LookDeps extends StepDeps {
  readonly reader: DidListReader;
  readonly keyStates: KeyStates;
  readonly phoneNumbers: PhoneNumbers;
  readonly connections: VoiceLinkConnections;
  readonly settings: EngineSettings;
}

/** Everything that one look at a DID found: a plan is a function of it, the target and the time. Immutable. */
export interface Look {
  readonly lists: DidLists;
  /** How long reading all three of them took. */
  readonly tookMs: number;
  readonly observation: KeyObservation;
  /** Writes of this DID without an outcome, read before the lists. */
  readonly unresolved: readonly UnresolvedWrite[];
  /** Null: the connection is disconnected. */
  readonly steering: NumberSteering | null;
  /** Bots whose "misreported" mark has expired and must be proven again. */
  readonly doubtedBotIds: ReadonlySet<number>;
  /** What was remembered before these lists were read: observing one list twice must not confirm its own gaps. */
  readonly before: PresenceMemory;
  /** What the store remembered when it was last asked. */
  readonly stored: PresenceMemory;
  /** Writes of this DID, read after the lists: see `KeyWrites`. */
  readonly made: readonly MadeWrite[];
  /** All lists were read together, and nothing has been sent since. */
  readonly isCurrent: boolean;
  /** How many writes of this run had been sent when the routing list was read. */
  readonly writesBeforeRouting: number;
}

/** The parts of a look that are read from VoiceLink; the rest is read from the store each time. */
type Sources = Omit<Look, 'observation' | 'steering' | 'doubtedBotIds' | 'made'>;

/** Reads all three lists. `previous` is the last look of this run, null for the first. */
export const lookAtAll = async (
  deps: LookDeps,
  target: Target,
  previous: Look | null,
  writes: number,
): Promise<Look> => {
  const { connectionId, key } = target.context;
  const [unresolved, observedAt] = await Promise.all([
    deps.journal.unresolvedOfKey(connectionId, key),
    deps.storeClock.time(),
  ]);
  const askedAt = deps.clock.now();
  const lists = await deps.reader.readAll(key, target.spec.clientId, observedAt);
  const read = { lists, tookMs: deps.clock.now() - askedAt, unresolved, isCurrent: true, writesBeforeRouting: writes };
  if (previous === null) return observeFirst(deps, target, read);
  return observe(deps, target, { ...read, before: previous.observation.presence, stored: previous.stored });
};

/** Reads some lists again, and the rows of our own. */
export const lookAgain = async (
  deps: LookDeps,
  target: Target,
  look: Look,
  { sections, writes }: { readonly sections: readonly KeySection[]; readonly writes: number },
): Promise<Look> => {
  const lists = await deps.reader.reread(target.context.key, sections, look.lists, target.spec.clientId);
  return observe(deps, target, {
    ...withNewLists(look, lists, sections),
    writesBeforeRouting: sections.includes('routing') ? writes : look.writesBeforeRouting,
  });
};

/** The same lists beside the rows of our own as they are now: of VoiceLink it says no less than before. */
export const lookAtOwn = (deps: LookDeps, target: Target, look: Look): Promise<Look> => observe(deps, target, look);

/** Takes up bots that a step has just listed. */
export const lookWithBots = (deps: LookDeps, target: Target, look: Look, bots: readonly RemoteBot[]): Promise<Look> =>
  observe(deps, target, withNewLists(look, withList(look.lists, 'bots', { rows: bots }), ['bots']));

/**
 * The same lists on another memory. A sweep, or the lease's next holder, has seen the key meanwhile: a row that was present
 * there and is missing here has been missed once.
 */
export const rebased = async (deps: LookDeps, target: Target, look: Look, stored: StoredKey): Promise<Look> =>
  samePresence(stored.presence, look.stored)
    ? look
    : observe(deps, target, { ...look, stored: stored.presence, before: memoryOf(stored, look.made) });

/** What lists have shown of a write is remembered, also when the run that saw it ended before it stored a verdict. */
const memoryOf = ({ presence, observedAt }: StoredKey, made: readonly MadeWrite[]): PresenceMemory =>
  withShown(
    presence,
    made.filter(({ seenAt }) => seenAt !== null && seenAt >= observedAt),
  );

export const isLate = ({ clock }: Pick<LookDeps, 'clock'>, { deadline }: Target): boolean => clock.now() >= deadline;

/** What keeps Dialtone from writing about a number now; `steering` is null for a disconnected connection. */
const restraintsBy = (
  settings: Pick<EngineSettings, 'mode' | 'dryRun'>,
  mode: BindingMode,
  steering: NumberSteering | null,
): readonly Restraint[] =>
  restraintsOf({
    modes: { ...NO_MODES, ...steering?.modes, deployment: settings.mode, declaration: mode },
    dryRun: settings.dryRun,
    standing: steering?.standing ?? [],
  });

/** What the plan is made from. A disconnected connection proves nothing about its bots. */
export const termsOf = (
  {
    settings,
    clock,
  }: {
    readonly settings: Pick<EngineSettings, 'mode' | 'dryRun' | 'defaultWebsocketUrl'>;
    readonly clock: Pick<Clock, 'now'>;
  },
  { spec, mode, releasing }: Pick<Target, 'spec' | 'mode' | 'releasing'>,
  { steering, doubtedBotIds }: Pick<Look, 'steering' | 'doubtedBotIds'>,
): PlanTerms => ({
  spec,
  releasing,
  restraints: restraintsBy(settings, mode, steering),
  doubtedBotIds: steering === null ? new Set() : doubtedBotIds,
  defaultWebsocketUrl: settings.defaultWebsocketUrl,
  now: clock.now(),
});

const NO_MODES = { partner: 'enforce', connection: 'enforce' } as const;

const withNewLists = (look: Look, lists: DidLists, sections: readonly KeySection[]): Sources => ({
  ...look,
  lists,
  before: remembered(look.before, look.observation.presence, sections),
  isCurrent: false,
});

const observe = async (deps: LookDeps, target: Target, sources: Sources): Promise<Look> =>
  looked(target, sources, await readRows(deps, target, sources.lists));

/** What was remembered is read with all other rows. */
const observeFirst = async (
  deps: LookDeps,
  target: Target,
  read: Omit<Sources, 'before' | 'stored'>,
): Promise<Look> => {
  const { connectionId, key } = target.context;
  const [own, known] = await Promise.all([
    readRows(deps, target, read.lists),
    deps.keyStates.loadOne(connectionId, key),
  ]);
  if (known === null) return looked(target, { ...read, before: NOTHING_SEEN, stored: NOTHING_SEEN }, own);
  return looked(target, { ...read, before: memoryOf(known, own.made), stored: known.presence }, own);
};

/** What our own rows say, read after the lists. */
interface OwnRows extends KeyWrites {
  readonly local: LocalPhoneNumber | null;
  readonly misreported: MisreportedBots;
  readonly steering: NumberSteering | null;
}

/** Asked for at the same time, so that a store can answer all in one statement. */
const readRows = async (deps: LookDeps, target: Target, lists: DidLists): Promise<OwnRows> => {
  const { connectionId, key } = target.context;
  const [local, misreported, steering, writes] = await Promise.all([
    deps.phoneNumbers.find(connectionId, key),
    stillMisreported(deps, target, lists),
    deps.connections.steering(connectionId, key),
    keyWrites(deps, connectionId, key, lists.observedAt),
  ]);
  return { local, misreported, steering, ...writes };
};

const looked = (target: Target, sources: Sources, { local, misreported, steering, age, made }: OwnRows): Look => {
  const { key } = target.context;
  const { lists, before } = sources;
  return {
    ...sources,
    steering,
    made,
    doubtedBotIds: doubtful(misreported, lists.observedAt),
    observation: observationOf(key, lists, {
      local,
      declaredClientId: target.spec.clientId,
      misreportedBotIds: new Set(misreported.keys()),
      memory: before,
      age,
    }),
  };
};

/** Unmarks bots that the lists show as active, and returns the others. */
const stillMisreported = async (
  { connections }: Pick<LookDeps, 'connections'>,
  { context: { connectionId } }: Target,
  lists: DidLists,
): Promise<MisreportedBots> => {
  const misreported = await connections.misreportedBots(connectionId);
  const honest = honestlyListed(lists.bots ?? [], new Set(misreported.keys()));
  if (honest.length === 0) return misreported;
  await connections.unmarkMisreportedBots(connectionId, honest, lists.observedAt);
  return new Map([...misreported].filter(([id]) => !honest.includes(id)));
};
