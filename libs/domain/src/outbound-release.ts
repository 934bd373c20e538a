import type { KeyObservation } from './observation';
import { unknownSectionsOf } from './presence';
import { ONLY_ANSWER, ROUTE_TO_TRUNK, type RemoteRouting } from './remote';
import { obstacleToUpdate, routingWithoutOutbound, type RoutingFields } from './steps';

/** What is left to do until no calls are placed from a number. `unknown`: the lists leave it open. */
export type OutboundRelease =
  | { readonly kind: 'done' }
  | { readonly kind: 'needed'; readonly routingId: number; readonly fields: RoutingFields }
  | { readonly kind: 'unknown'; readonly detail: string };

/**
 * True if no calls can be placed from the number: they need an active record whose outbound half is a bot (VoiceLink upstream notes
 * §4, §8). Dialtone routes to no SIP trunk, so one was put there by others, and stays.
 */
const isOutboundOff = ({ active, forOutboundCall }: RemoteRouting): boolean =>
  active === false || forOutboundCall === ONLY_ANSWER || forOutboundCall === ROUTE_TO_TRUNK;

/** Decided from what is there, so that it can be asked again after any crash. */
export const outboundRelease = (observation: KeyObservation): OutboundRelease => {
  const { routing } = observation;
  if (unknownSectionsOf(observation).includes('routing'))
    return { kind: 'unknown', detail: 'The VoiceLink routing list leaves open where outbound calls go' };
  if (routing === null || isOutboundOff(routing)) return { kind: 'done' };
  const obstacle = obstacleToUpdate(routing);
  if (obstacle !== null) return { kind: 'unknown', detail: obstacle };
  return { kind: 'needed', routingId: routing.id, fields: routingWithoutOutbound(routing) };
};
