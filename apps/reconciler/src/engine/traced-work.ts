import type { ClaimedBinding, ClaimedSweep, Engine, Outcome } from '@dialtone/engine';
import { isTracing, traced } from '@dialtone/tracing';

type Worker = Pick<Engine, 'reconcile' | 'sweep'>;

/**
 * What began this reconcile. The first one after a declaration goes on with the trace of the declaration; a later one, and one that a
 * sweep or a request made due, is a trace of its own with a link to what made it due.
 */
const causeOf = ({ traceparent, before }: ClaimedBinding): object => {
  if (traceparent === undefined) return { isRoot: true };
  const links = [traceparent];
  return before.outcome === 'pending' ? { parent: traceparent, links } : { isRoot: true, links };
};

/** A reconcile as a span. */
export const tracedReconcile = (engine: Worker, claimed: ClaimedBinding): Promise<Outcome> => {
  if (!isTracing()) return engine.reconcile(claimed);
  const { binding, attempts, overdueMs } = claimed;
  const options = {
    ...causeOf(claimed),
    attributes: {
      'dialtone.connection_id': binding.connectionId,
      'dialtone.partner_id': binding.partnerId,
      'dialtone.generation': binding.generation,
      'dialtone.attempts': attempts,
      'dialtone.overdue_ms': overdueMs,
    },
    numbers: { 'dialtone.key': binding.key },
  };
  return traced('reconcile', options, async (span) => {
    const outcome = await engine.reconcile(claimed);
    const reason = outcome.kind === 'stalled' ? outcome.reason : undefined;
    span.set({ 'dialtone.outcome': outcome.kind, ...(reason !== undefined && { 'dialtone.reason': reason }) });
    if (outcome.kind === 'retry') span.fail('retry');
    return outcome;
  });
};

/** A sweep as a trace of its own. */
export const tracedSweep = (engine: Worker, claimed: ClaimedSweep): Promise<void> => {
  if (!isTracing()) return engine.sweep(claimed);
  const attributes = { 'dialtone.connection_id': claimed.connection.id };
  return traced('sweep', { isRoot: true, attributes }, () => engine.sweep(claimed));
};
