import {
  planFor,
  unfilteredPlan,
  type BindingMode,
  type KeyObservation,
  type Plan,
  type PlanSpec,
  type Release,
} from '@dialtone/domain';
import { doubtful } from '../listings/misreported-bots';
import type { Clock } from '../ports/clock';
import type { NumberSteering, PlannedPlace, PlanningGround, VoiceLinkConnections } from '../ports/connections';
import type { EngineSettings } from '../ports/settings';
import { restraintOf } from '../writes/contest';
import { termsOf } from './look';

export interface PresentPlanDeps {
  readonly connections: Pick<VoiceLinkConnections, 'planningGround'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly settings: Pick<EngineSettings, 'mode' | 'dryRun' | 'defaultWebsocketUrl'>;
}

/** What is to be planned for one number. */
export interface PlannedDeclaration extends PlannedPlace {
  readonly spec: PlanSpec & { readonly mode: BindingMode };
  /** It is withdrawn, and this is to be undone. */
  readonly releasing?: Release;
  /** It is declared so already: another declaration would end a contest. */
  readonly isStanding?: boolean;
}

export interface PresentPlan {
  readonly plan: Plan;
  /** The same before anything kept steps back. */
  readonly wanted: Plan;
  /** Equal for connections that share one VoiceLink account, and so its bots and its rate budget. */
  readonly accountId: string;
}

/** Plans one of the numbers on an observation of it. */
export type PresentPlanner = (declaration: PlannedDeclaration, observation: KeyObservation) => PresentPlan;

const nameOf = ({ connectionId, key }: PlannedPlace): string => `${connectionId}/${key}`;

/** A reconcile gives up a contested repair only when it comes to it; a plan says so beforehand. */
const steeringFor = ({ steering, contest }: PlanningGround, isStanding: boolean): NumberSteering =>
  isStanding && contest !== null ? { ...steering, standing: [...steering.standing, restraintOf(contest)] } : steering;

/**
 * A planner for these numbers. Its plans are those that a reconcile makes now if VoiceLink is still as it was observed. Reads what
 * it needs once; sends and stores nothing.
 */
export const presentPlanner = async (
  deps: PresentPlanDeps,
  places: readonly PlannedPlace[],
): Promise<PresentPlanner> => {
  const grounds = await deps.connections.planningGround(places);
  const groundOf = new Map(places.map((place, nth) => [nameOf(place), grounds[nth] ?? null]));
  return ({ spec, releasing, isStanding = false, ...place }, observation) => {
    const ground = groundOf.get(nameOf(place)) ?? null;
    const terms = termsOf(
      deps,
      { spec, mode: spec.mode, releasing },
      {
        steering: ground && steeringFor(ground, isStanding),
        doubtedBotIds: ground === null ? new Set() : doubtful(ground.misreported, ground.steering.now),
      },
    );
    return {
      plan: planFor(terms, observation),
      wanted: unfilteredPlan(terms, observation),
      accountId: ground?.accountId ?? place.connectionId,
    };
  };
};
