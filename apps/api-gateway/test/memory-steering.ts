import { randomUUID } from 'node:crypto';
import { type ConnectionId, type DidKey, type Labels, type PartnerId, type Pause } from '@dialtone/domain';
import { pausesOfNumber, type StoredSteering } from '@dialtone/engine';
import { QuotaReachedError, type PlaceSteering, type SteeredPlace, type SteeringStore } from '@dialtone/persistence';

interface Known {
  readonly now: () => number;
  readonly isActive: (partnerId: PartnerId, id: ConnectionId) => boolean;
  readonly isDeclared: (partnerId: PartnerId, key: DidKey) => boolean;
}

const NOTHING: PlaceSteering = { mode: 'enforce', windows: [] };

/** Modes, windows and pauses in memory. */
export class MemorySteering {
  private readonly places = new Map<string, PlaceSteering>();
  private pauses: readonly Pause[] = [];

  constructor(private readonly known: Known) {}

  clear(): void {
    this.places.clear();
    this.pauses = [];
  }

  /** What stands for one number, beside its hold. */
  of(
    partnerId: PartnerId,
    number: { connectionId: ConnectionId; key: DidKey; labels: Labels },
  ): Omit<StoredSteering, 'writesHeld'> {
    const partner = this.places.get(partnerId) ?? NOTHING;
    const connection = this.places.get(number.connectionId) ?? NOTHING;
    return {
      now: this.known.now(),
      modes: { partner: partner.mode, connection: connection.mode },
      windows: { partner: partner.windows, connection: connection.windows },
      pauses: pausesOfNumber(this.pauses, partnerId, number),
    };
  }

  readonly store: SteeringStore = {
    place: (place) => Promise.resolve(this.isKnown(place) ? this.at(place) : null),
    steer: (place, change) => {
      if (!this.isKnown(place)) return Promise.resolve(false);
      this.places.set(place.connectionId ?? place.partnerId, { ...this.at(place), ...change });
      return Promise.resolve(true);
    },
    pause: ({ author, atMost = 0, ...asked }) => {
      const { partnerId, connectionId, key, until } = asked;
      if (connectionId !== null && !this.known.isActive(partnerId, connectionId))
        return Promise.resolve({ kind: 'unknown', what: 'connection' });
      if (key !== null && !this.known.isDeclared(partnerId, key))
        return Promise.resolve({ kind: 'unknown', what: 'binding' });
      if (until <= this.known.now()) return Promise.resolve({ kind: 'past' });
      if (atMost > 0 && this.standing(partnerId).length >= atMost)
        return Promise.reject(new QuotaReachedError('pauses', atMost));
      const pause = { ...asked, id: randomUUID(), actor: author.actor, begunAt: this.known.now(), endedAt: null };
      this.pauses = [pause, ...this.pauses];
      return Promise.resolve({ kind: 'paused', pause });
    },
    pauses: (partnerId) => Promise.resolve(this.standing(partnerId)),
    resume: (partnerId, id) => {
      const pause = this.standing(partnerId).find((one) => one.id === id);
      if (pause === undefined) return Promise.resolve(null);
      const ended = { ...pause, endedAt: this.known.now() };
      this.pauses = this.pauses.map((one) => (one.id === id ? ended : one));
      return Promise.resolve(ended);
    },
  };

  private standing(partnerId: PartnerId): readonly Pause[] {
    const now = this.known.now();
    return this.pauses.filter((one) => one.partnerId === partnerId && one.endedAt === null && one.until > now);
  }

  private isKnown({ partnerId, connectionId }: SteeredPlace): boolean {
    return connectionId === null || this.known.isActive(partnerId, connectionId);
  }

  private at({ partnerId, connectionId }: SteeredPlace): PlaceSteering {
    return this.places.get(connectionId ?? partnerId) ?? NOTHING;
  }
}
