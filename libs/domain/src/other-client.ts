import type { KeyObservation } from './observation';
import type { RemoteBot } from './remote';

/**
 * The client whose bots a plan needs and an observation says nothing about: a look asks for the bots of the mapped client or, while
 * there is none, of the declared one. Null: it says enough. `observedFor` is the client that was declared when it was made.
 */
export const clientWithoutBots = (
  { did }: KeyObservation,
  declaredClientId: number | null,
  observedFor: number | null,
): number | null => (did?.clientId === null && declaredClientId !== observedFor ? declaredClientId : null);

/** The observation as one made for the client of these bots; null: they are not known. */
export const withBots = (observation: KeyObservation, bots: readonly RemoteBot[] | null): KeyObservation => {
  const others = observation.unknown.filter((section) => section !== 'bots');
  const presence = {
    ...observation.presence,
    bot: bots === null ? 'unknown' : bots.length > 0 ? 'present' : 'absent',
  } as const;
  return bots === null
    ? { ...observation, bots: [], unknown: [...others, 'bots'], presence }
    : { ...observation, bots: bots.toSorted((a, b) => a.id - b.id), unknown: others, presence };
};
