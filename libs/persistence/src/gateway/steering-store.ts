import type { BindingMode, ConnectionId, MaintenanceWindow, PartnerId, Pause, PauseScope } from '@dialtone/domain';
import type { Author } from '@dialtone/engine';

/** A place that has a mode and windows: a connection, or with null the whole partner. */
export interface SteeredPlace {
  readonly partnerId: PartnerId;
  readonly connectionId: ConnectionId | null;
}

export interface PlaceSteering {
  readonly mode: BindingMode;
  readonly windows: readonly MaintenanceWindow[];
}

export interface PauseInput extends PauseScope {
  readonly partnerId: PartnerId;
  readonly reason: string;
  /** Epoch ms. */
  readonly until: number;
  readonly author: Author;
  /** The quota of standing pauses, unless the operator has set another one. */
  readonly atMost?: number;
}

/** `unknown`: the connection or the declaration is not the partner's. `past`: it would have ended already. */
export type PauseResult =
  | { readonly kind: 'paused'; readonly pause: Pause }
  | { readonly kind: 'unknown'; readonly what: 'connection' | 'binding' }
  | { readonly kind: 'past' };

/** What partners and operators set about repairs. What waits for a change here is due when it is made. */
export interface SteeringStore {
  /** Null: no such connection of the partner that is active. */
  place(place: SteeredPlace): Promise<PlaceSteering | null>;
  /** What is left out stays. False: as `place` answers null. `author`: who asks, unless given. */
  steer(place: SteeredPlace, change: Partial<PlaceSteering>, author?: Author): Promise<boolean>;
  /** Throws QuotaReachedError. */
  pause(input: PauseInput): Promise<PauseResult>;
  /** Standing ones, the latest first. */
  pauses(partnerId: PartnerId): Promise<readonly Pause[]>;
  /** Null: the partner has no such pause that stands. */
  resume(partnerId: PartnerId, id: string, author: Author): Promise<Pause | null>;
}
