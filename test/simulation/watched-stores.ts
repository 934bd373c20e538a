import type { ConnectionId } from '@dialtone/domain';
import type { EngineDeps, Outcome } from '@dialtone/engine';
import { type InMemoryWorld, withCalls } from '@dialtone/testing';

type Queue = EngineDeps['bindingQueue'];
type SweepQueue = EngineDeps['sweepQueue'];
type Connections = EngineDeps['connections'];

/**
 * The port, with word of the epoch of every lease that came with a claim, of its number, and of what it came to. The store drops
 * what a process comes to that lost its lease, for example in a freeze: the schedule is that of the next holder, and there is no word.
 */
export const watchedBindingQueue = (
  { bindingQueue: queue, leases }: Pick<InMemoryWorld, 'bindingQueue' | 'leases'>,
  claimed: (epoch: bigint, key: string) => void,
  completed: (key: string, outcome: Outcome) => void,
): Queue =>
  withCalls<Queue>(queue, {
    complete: async (claim, outcome, ...rest) => {
      const isTaken = leases.holds(claim.lease);
      await queue.complete(claim, outcome, ...rest);
      if (isTaken) completed(claim.binding.key, outcome);
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
