import type { EngineDeps, WriteIntent } from '@dialtone/engine';
import { withCalls, type InMemoryWorld } from '@dialtone/testing';

type Journal = EngineDeps['journal'];
type Write = InMemoryWorld['writes'][number];

export interface JournalWatch {
  /** A write may be sent; `epoch` is that of its first lease. */
  readonly begins: (intent: WriteIntent, epoch: bigint) => Promise<void>;
  /** An intent was noted or refused: between it and its call is the worst moment for a pause. */
  readonly begun: () => void;
  readonly proven: (write: Write) => void;
}

/** The world's own, with word of every write. */
export const watchedJournal = (world: InMemoryWorld, watch: JournalWatch): Journal => {
  const { journal } = world;
  const proven = (ids: readonly string[]): void => {
    for (const write of world.writes.filter(({ id }) => ids.includes(id))) watch.proven(write);
  };
  return withCalls<Journal>(journal, {
    begin: async (intent, leases) => {
      const id = await journal.begin(intent, leases);
      if (id !== null) await watch.begins(intent, leases[0]?.epoch ?? 0n);
      watch.begun();
      return id;
    },
    finish: async (id, state, answer) => {
      await journal.finish(id, state, answer);
      if (state === 'done') proven([id]);
    },
    resolve: async (ids, state) => {
      await journal.resolve(ids, state);
      if (state === 'applied') proven(ids);
    },
  });
};
