import type { ConnectionId } from '@dialtone/domain';
import type { EngineDeps, Outcome } from '@dialtone/engine';
import { withCalls } from '@dialtone/testing';

type Queue = EngineDeps['bindingQueue'];
type SweepQueue = EngineDeps['sweepQueue'];
type Connections = EngineDeps['connections'];

/** The port, with word of the epoch of every lease that came with a claim, of its number, and of what it came to. */
export const watchedBindingQueue = (
  queue: Queue,
  claimed: (epoch: bigint, key: string) => void,
  completed: (key: string, outcome: Outcome) => void,
): Queue =>
  withCalls<Queue>(queue, {
    complete: async (claim, outcome, ...rest) => {
      await queue.complete(claim, outcome, ...rest);
      completed(claim.binding.key, outcome);
    },
    claim: async (...input) => {
      const found = await queue.claim(...input);
      for (const { lease, binding } of found) claimed(lease.epoch, binding.key);
      return found;
    },
  });

/** The port, with word of every connection that a sweep has handed back. */
export const watchedSweepQueue = (queue: SweepQueue, handedBack: (id: ConnectionId) => void): SweepQueue =>
  withCalls<SweepQueue>(queue, {
    completeSweep: async (claimed, ...report) => {
      await queue.completeSweep(claimed, ...report);
      handedBack(claimed.connection.id);
    },
  });

/** The port, with word of every hold. */
export const watchedConnections = (
  connections: Connections,
  held: (id: ConnectionId, reason: string) => void,
): Connections =>
  withCalls<Connections>(connections, {
    holdWrites: async (id, reason) => {
      await connections.holdWrites(id, reason);
      held(id, reason);
    },
  });
