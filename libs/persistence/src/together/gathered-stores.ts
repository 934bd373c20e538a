import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ConnectionId } from '@dialtone/domain';
import { currentTraceparent } from '@dialtone/tracing';
import type { DataSource } from 'typeorm';
import type { Queryable } from '../db';
import { completeAll, type Completing } from '../engine/binding-queue.store';
import { DatabaseClock } from '../engine/clock.store';
import { recentWritesOf, unresolvedRequestsOf } from '../engine/journal.store';
import { recallList, shownToOthers } from '../engine/list-memories.store';
import { takeUnlimited } from '../engine/rate-budget.store';
import { readPlanningGround } from '../engine/number-steering';
import { readSharedAccount, recognise } from '../engine/shared-accounts';
import { findSweepable, readMisreportedBots } from '../engine/voicelink-connections.store';
import type { Stores } from '../store-types';
import { Gathered } from './gathered';
import { gatheredLeases } from './gathered-leases';
import { gatheredJournal } from './gathered-journal';
import { gatheredKeyStates, gatheredPhoneNumbers } from './gathered-numbers';
import { JoinedReads } from './joined-reads';
import { overriding } from './overriding';

/** What is shared is asked for a turn of the event loop after the call, and what is to go with it as well. */
const inStep = async <Answer>(read: () => Promise<Answer>): Promise<Answer> => {
  await nextTurn();
  return read();
};

/** Callers that ask for the same at once share one answer. */
const sharing = <Ask extends string, Answer>(read: (ask: Ask) => Promise<Answer>): ((ask: Ask) => Promise<Answer>) => {
  const gathered = new Gathered<Ask, Answer>(
    (ask) => ask,
    async (asks) => {
      const answer = await read(asks[0]);
      return asks.map(() => answer);
    },
  );
  return (ask) => gathered.ask(ask);
};

const gatheredQueue = (ds: DataSource, { bindingQueue }: Stores): Stores['bindingQueue'] => {
  const completing = new Gathered<Completing, undefined>(
    ({ claimed }) => claimed.binding.connectionId,
    async (asks) => {
      await completeAll(ds, asks[0].claimed.binding.connectionId, asks);
      return asks.map(() => undefined);
    },
  );
  return overriding(bindingQueue, {
    complete: (claimed, outcome, delayMs, course = null) =>
      completing.ask({ claimed, outcome, delayMs, course, traceparent: currentTraceparent() }),
  });
};

const gatheredConnections = (
  ds: DataSource,
  reads: Queryable,
  { voiceLinkConnections: stored }: Stores,
): Stores['voiceLinkConnections'] => {
  const grounds = new Gathered(
    ({ connectionId }: Parameters<typeof stored.planningGround>[0][number]) => connectionId,
    (places) => readPlanningGround(reads, places),
  );
  return overriding(stored, {
    find: sharing((id: ConnectionId) => findSweepable(reads, id)),
    misreportedBots: sharing((id: ConnectionId) => readMisreportedBots(reads, id)),
    recognise: (id) => recognise(ds, id, reads),
    sharedAccount: (id, keys) => inStep(() => readSharedAccount(ds, id, keys ?? null, reads)),
    steering: async (connectionId, key) => (await grounds.ask({ connectionId, key }))?.steering ?? null,
  });
};

interface BotsAsked {
  readonly connectionId: ConnectionId;
  readonly clientId: number;
  readonly since: number;
}

/** Asked for since the earliest time of all: a bot too many only keeps another from being made. */
const gatheredLists = (reads: Queryable, { listMemories }: Stores): Stores['listMemories'] => {
  const shown = new Gathered<BotsAsked, readonly number[]>(
    ({ connectionId }) => connectionId,
    async (asks) => {
      const since = Math.min(...asks.map((ask) => ask.since));
      const clientIds = [...new Set(asks.map(({ clientId }) => clientId))];
      const found = await shownToOthers(reads, asks[0].connectionId, clientIds, since);
      const ofClients = Map.groupBy(found, ({ clientId }) => clientId);
      return asks.map(({ clientId }) => (ofClients.get(clientId) ?? []).map(({ id }) => id));
    },
  );
  return overriding(listMemories, {
    recall: (...asked) => recallList(reads, ...asked),
    botsShownToOthers: (connectionId, clientId, since) => shown.ask({ connectionId, clientId, since }),
  });
};

const journalOf = (ds: DataSource, reads: Queryable, stored: Stores['journal']): Stores['journal'] => {
  const journal = gatheredJournal(ds, reads, stored);
  return overriding(journal, {
    recent: (id, since, key) =>
      key === null ? inStep(() => recentWritesOf(reads, id, since, null)) : journal.recent(id, since, key),
    unresolvedRequests: (id) => inStep(() => unresolvedRequestsOf(reads, id)),
  });
};

/**
 * The stores of a process that works on many numbers at once: what it asks and writes about them at the same time goes to the
 * database together. Each answer is what was stored after it was asked, and each write is what it would have been alone. Not for work
 * on behalf of partners, which counts towards the share of one and has an author of its own.
 */
export const gatheredStores = (ds: DataSource, stores: Stores): Stores => {
  const { connections, journal, keyStates, phoneNumbers } = stores;
  const reads = new JoinedReads(ds);
  const clock = new DatabaseClock(reads);
  const time = sharing(() => clock.time());
  return {
    ...stores,
    bindingQueue: gatheredQueue(ds, stores),
    clock: { time: () => time('now') },
    connections: overriding(connections, { access: sharing((id: ConnectionId) => connections.access(id)) }),
    journal: journalOf(ds, reads, journal),
    keyStates: gatheredKeyStates(reads, keyStates),
    leases: gatheredLeases(ds, stores.leases),
    listMemories: gatheredLists(reads, stores),
    phoneNumbers: gatheredPhoneNumbers(ds, reads, phoneNumbers),
    rateBudget: overriding(stores.rateBudget, {
      take: (credential, request) =>
        request.ratePerSecond === 0
          ? takeUnlimited(reads, credential, request)
          : stores.rateBudget.take(credential, request),
    }),
    voiceLinkConnections: gatheredConnections(ds, reads, stores),
  };
};
