import type { ConnectionId } from '@dialtone/domain';
import type { EngineDeps, KeyUpdate } from '@dialtone/engine';
import { withCalls, type InMemoryWorld } from '@dialtone/testing';
import { mustBeHonest } from './honesty';
import type { ImpactRule } from './impact-rule';
import type { Invariants } from './invariants';
import type { Population } from './population';
import type { TakenBackRule } from './taken-back-rule';
import type { Truth } from './truth';
import type { UnlearntRule } from './unlearnt-rule';

export interface WatchedKeyStatesParts {
  readonly world: InMemoryWorld;
  readonly population: Population;
  readonly truth: Truth;
  readonly invariants: Invariants;
  readonly unlearnt: UnlearntRule;
  readonly takenBack: TakenBackRule | null;
  readonly impactOf: (id: ConnectionId) => ImpactRule;
  readonly check: (check: () => void) => void;
  readonly note: (what: string) => void;
}

type KeyStates = EngineDeps['keyStates'];

/** The world's own, with every update checked before it is stored and after. */
export const watchedKeyStates = (parts: WatchedKeyStatesParts): KeyStates => {
  const { world, population, impactOf, check } = parts;
  const { keyStates } = world;
  return withCalls<KeyStates>(keyStates, {
    apply: async (connectionId, updates, options) => {
      const misreported = new Set((await world.voiceLinkConnections.misreportedBots(connectionId)).keys());
      for (const update of updates) await isHonest(parts, connectionId, update, misreported);
      check(() => {
        if (options.makeDue) impactOf(connectionId).sweepStores(updates, population.declaredOn(connectionId));
      });
      const written = await keyStates.apply(connectionId, updates, options);
      for (const update of updates.filter(({ observation }) => written.includes(observation.key)))
        await stored(parts, connectionId, update);
      return written;
    },
  });
};

const stored = async (
  { world, invariants, unlearnt, takenBack, impactOf, check, note }: WatchedKeyStatesParts,
  connectionId: ConnectionId,
  update: KeyUpdate,
): Promise<void> => {
  const { readiness, observation } = update;
  const now = world.clock.now();
  const row = await world.keyStates.loadOne(connectionId, observation.key);
  note(`${observation.key}: ${readiness.issues.join() || readiness.state}${readiness.complete ? '' : ' (incomplete)'}`);
  impactOf(connectionId).stored(update, now);
  check(() => {
    invariants.stored(update, row?.drift ?? null, now);
    unlearnt.stored(update);
    takenBack?.stored(update);
  });
};

const isHonest = async (
  { world, population, truth, check }: WatchedKeyStatesParts,
  connectionId: ConnectionId,
  update: KeyUpdate,
  misreported: ReadonlySet<number>,
): Promise<void> => {
  const { key } = update.observation;
  const row = await world.keyStates.loadOne(connectionId, key);
  check(() => {
    mustBeHonest(update, row, { truth, declared: population.declared.get(key) ?? null, misreported });
  });
};
