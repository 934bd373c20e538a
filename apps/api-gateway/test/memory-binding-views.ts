import { randomUUID } from 'node:crypto';
import type { BindingId } from '@dialtone/domain';
import { newConditionRecord } from '@dialtone/engine';
import type { BindingStore, BindingView, StoredReadiness } from '@dialtone/persistence';
import { unobserved } from './observations';

type Declaration = Required<Parameters<BindingStore['declare']>[0]>;

/** As far as the row tells. */
export const freshness = ({ stale, observedAt }: StoredReadiness): string =>
  stale ? 'stale' : observedAt === null ? 'never' : 'fresh';

export const newView = (
  { partnerId, connectionId, key, spec, marks }: Declaration,
  { agentName, generation, now }: { readonly agentName: string; readonly generation: number; readonly now: Date },
): BindingView => ({
  binding: { ...spec, id: randomUUID() as unknown as BindingId, partnerId, connectionId, key, generation },
  marks,
  agentName,
  agentDeleted: false,
  status: {
    outcome: 'pending',
    message: null,
    observedGeneration: 0,
    attempts: 0,
    lastReconciledAt: null,
    nextReconcileAt: now,
  },
  readiness: unobserved(connectionId, key),
  record: newConditionRecord(now.getTime()),
  createdAt: now,
  updatedAt: now,
});

export const changedView = (
  view: BindingView,
  { spec, marks }: Pick<Declaration, 'spec' | 'marks'>,
  { agentName, now }: { readonly agentName: string; readonly now: Date },
): BindingView => ({
  ...view,
  record: {
    ...view.record,
    ...(view.status.outcome !== 'pending' && {
      outcomeLeft: { ...view.record.outcomeLeft, [view.status.outcome]: now.getTime() },
    }),
    ...(view.binding.mode !== spec.mode && { modeTurns: [...view.record.modeTurns, now.getTime()] }),
  },
  binding: { ...view.binding, ...spec, generation: view.binding.generation + 1 },
  marks,
  agentName,
  agentDeleted: false,
  status: { ...view.status, outcome: 'pending', message: null, attempts: 0, nextReconcileAt: now },
});
