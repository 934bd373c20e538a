import { planFor, type Binding, type KeyObservation, type Plan } from '@dialtone/domain';
import { doubtful } from '../listings/misreported-bots';
import type { Clock } from '../ports/clock';
import type { VoiceLinkConnections } from '../ports/connections';
import type { StoreClock } from '../ports/store-clock';
import type { EngineSettings } from '../ports/settings';
import { termsOf } from './look';

export interface PresentPlanDeps {
  readonly connections: Pick<VoiceLinkConnections, 'steering' | 'misreportedBots'>;
  readonly storeClock: StoreClock;
  readonly clock: Pick<Clock, 'now'>;
  readonly settings: Pick<EngineSettings, 'mode' | 'dryRun' | 'defaultWebsocketUrl'>;
}

/** The plan that a reconcile of this declaration makes now if VoiceLink is still as it was observed. Sends and stores nothing. */
export const presentPlan = async (
  deps: PresentPlanDeps,
  binding: Binding,
  observation: KeyObservation,
): Promise<Plan> => {
  const { connectionId, key, mode } = binding;
  const [steering, misreported, storeTime] = await Promise.all([
    deps.connections.steering(connectionId, key),
    deps.connections.misreportedBots(connectionId),
    deps.storeClock.time(),
  ]);
  const doubtedBotIds = doubtful(misreported, storeTime);
  return planFor(termsOf(deps, { spec: binding, mode }, { steering, doubtedBotIds }), observation);
};
