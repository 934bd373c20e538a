import type { ConnectionId, DidKey, StepKind } from '@dialtone/domain';
import type { RecentWrite, RepairWrite, UnresolvedWrite, WriteJournal, WriteTarget } from '@dialtone/engine';
import type { Queryable } from '../db';
import {
  beginAll,
  finishAll,
  recentWritesOf,
  repairsOfBots,
  repairsOfNumbers,
  unresolvedOfKeys,
  unresolvedOfTargets,
  type Beginning,
  type Finish,
} from '../engine/journal.store';
import { Gathered } from './gathered';
import { overriding } from './overriding';

interface OfKey {
  readonly connectionId: ConnectionId;
  readonly key: DidKey;
}

interface Since extends OfKey {
  /** Epoch ms. */
  readonly since: number;
}

interface RepairsAsked extends Since {
  readonly step: StepKind;
}

const connectionOf = ({ connectionId }: OfKey): string => connectionId;
const keyOf = ({ key }: OfKey): DidKey => key;
const earliest = (asks: readonly Since[]): number => Math.min(...asks.map(({ since }) => since));

const gatheredRecent = (db: Queryable): Gathered<Since, readonly RecentWrite[]> =>
  new Gathered<Since, readonly RecentWrite[]>(connectionOf, async (asks) => {
    const writes = await recentWritesOf(db, asks[0].connectionId, earliest(asks), [...new Set(asks.map(keyOf))]);
    const places = new Map(writes.map((write, nth) => [write, nth]));
    const isOfBots = ({ target }: RecentWrite): boolean => target.startsWith('bot-');
    const ofBots = writes.filter(isOfBots);
    const ofKeys = Map.groupBy(
      writes.filter((write) => !isOfBots(write)),
      ({ key }) => key,
    );
    return asks.map(({ key, since }) => {
      const own = ofKeys.get(key) ?? [];
      const all =
        own.length === 0 ? ofBots : [...ofBots, ...own].sort((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
      return all.filter((write) => write.seenAt === null || write.seenAt >= since || write.key === key);
    });
  });

const gatheredUnresolved = (db: Queryable): Gathered<OfKey, readonly UnresolvedWrite[]> =>
  new Gathered<OfKey, readonly UnresolvedWrite[]>(connectionOf, async (asks) => {
    const writes = await unresolvedOfKeys(db, asks[0].connectionId, [...new Set(asks.map(keyOf))]);
    const ofKeys = Map.groupBy(writes, ({ key }) => key);
    return asks.map(({ key }) => ofKeys.get(key) ?? []);
  });

const gatheredRepairs = (db: Queryable): Gathered<RepairsAsked, readonly RepairWrite[]> =>
  new Gathered<RepairsAsked, readonly RepairWrite[]>(connectionOf, async (asks) => {
    const ofKeys = Map.groupBy(
      await repairsOfNumbers(db, asks[0].connectionId, earliest(asks), asks),
      ({ key }) => key,
    );
    return asks.map(({ key, step, since }) =>
      (ofKeys.get(key) ?? []).filter(
        (write) => (write.step === step || write.step === 'request') && write.startedAt >= since,
      ),
    );
  });

interface OfTarget {
  readonly connectionId: ConnectionId;
  readonly target: WriteTarget;
}

/** What is asked before a bot is made. */
const gatheredOfTargets = (db: Queryable): Pick<WriteJournal, 'unresolved'> & { readonly repairs: AskRepairs } => {
  const unresolved = new Gathered<OfTarget, readonly UnresolvedWrite[]>(
    ({ connectionId }) => connectionId,
    async (asks) => {
      const writes = await unresolvedOfTargets(db, asks[0].connectionId, [...new Set(asks.map(targetOf))]);
      const ofTargets = Map.groupBy(writes, targetOf);
      return asks.map(({ target }) => ofTargets.get(target) ?? []);
    },
  );
  const repairs = new Gathered<OfTarget & { readonly since: number }, readonly RepairWrite[]>(
    ({ connectionId }) => connectionId,
    async (asks) => {
      const since = Math.min(...asks.map((ask) => ask.since));
      const writes = await repairsOfBots(db, asks[0].connectionId, since, [...new Set(asks.map(targetOf))]);
      const ofTargets = Map.groupBy(writes, targetOf);
      return asks.map((ask) => (ofTargets.get(ask.target) ?? []).filter(({ startedAt }) => startedAt >= ask.since));
    },
  );
  return {
    unresolved: (connectionId, target) => unresolved.ask({ connectionId, target }),
    repairs: (connectionId, target, since) => repairs.ask({ connectionId, target, since }),
  };
};
const targetOf = ({ target }: Pick<OfTarget, 'target'>): WriteTarget => target;
type AskRepairs = (connectionId: ConnectionId, target: WriteTarget, since: number) => Promise<readonly RepairWrite[]>;

interface Finishing extends Finish {
  readonly connectionId: ConnectionId | null;
}

/**
 * Intents and their ends. Each intent stands or falls by its own leases, as if it had been alone, and is written after its call: what
 * the wait for the others costs counts towards the time within which it must be sent.
 */
const gatheredWrites = (db: Queryable): Pick<WriteJournal, 'begin' | 'finish'> => {
  const connections = new Map<string, ConnectionId>();
  const beginning = new Gathered<Beginning, string | null>(
    ({ intent }) => intent.connectionId,
    (asks) => beginAll(db, asks),
  );
  const finishing = new Gathered<Finishing, undefined>(
    ({ connectionId, id }) => connectionId ?? id,
    async (asks) => {
      await finishAll(db, asks);
      return asks.map(() => undefined);
    },
  );
  return {
    begin: async (intent, leases) => {
      const id = await beginning.ask({ intent, leases });
      if (id !== null) connections.set(id, intent.connectionId);
      return id;
    },
    finish: (id, state, answer) => {
      const connectionId = connections.get(id) ?? null;
      connections.delete(id);
      return finishing.ask({ id, state, answer, connectionId });
    },
  };
};

/** What is read and written of the journal for one number. */
export const gatheredJournal = (db: Queryable, reads: Queryable, journal: WriteJournal): WriteJournal => {
  const recent = gatheredRecent(reads);
  const unresolved = gatheredUnresolved(reads);
  const repairs = gatheredRepairs(reads);
  const ofTargets = gatheredOfTargets(reads);
  return overriding(journal, {
    ...gatheredWrites(db),
    recent: (connectionId, since, key) =>
      key === null ? journal.recent(connectionId, since, key) : recent.ask({ connectionId, since, key }),
    unresolved: ofTargets.unresolved,
    unresolvedOfKey: (connectionId, key) => unresolved.ask({ connectionId, key }),
    repairs: (connectionId, aim, since) =>
      'key' in aim ? repairs.ask({ connectionId, since, ...aim }) : ofTargets.repairs(connectionId, aim.target, since),
  });
};
