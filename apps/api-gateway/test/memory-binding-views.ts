import { randomUUID } from 'node:crypto';
import type { Binding, BindingId, BindingSpec, Release } from '@dialtone/domain';
import { newConditionRecord } from '@dialtone/engine';
import type { BindingStore, BindingView, StoredReadiness } from '@dialtone/persistence';
import { unobserved } from './observations';

type Declaration = Required<Omit<Parameters<BindingStore['declare']>[0], 'inspect'>>;

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
    contest: null,
    handledToken: null,
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
  binding: redeclared(view.binding, spec),
  marks,
  agentName,
  agentDeleted: false,
  status: { ...view.status, outcome: 'pending', message: null, attempts: 0, nextReconcileAt: now },
  readiness: { ...view.readiness, declared: true },
});

const redeclared = (
  { id, partnerId, connectionId, key, generation }: Binding,
  spec: BindingSpec,
): BindingView['binding'] => ({ ...spec, id, partnerId, connectionId, key, generation: generation + 1 });

/** Withdrawn, with something left to do. */
export const releasingView = (view: BindingView, releasing: Release, now: Date): BindingView => {
  const { binding, marks, agentName, readiness } = view;
  const withdrawn = changedView(view, { spec: binding, marks }, { agentName, now });
  return { ...withdrawn, binding: { ...withdrawn.binding, releasing }, readiness: { ...readiness, declared: false } };
};
