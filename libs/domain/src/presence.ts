import type { KeyObservation, Presence, PresenceMemory } from './observation';
import type { Section } from './snapshot';

/**
 * The algebra of absence: what complete listings, one after another, prove about one DID's row, bot and routing record.
 *
 * Two laws hold. Absence of what was once seen is believed only after two complete listings in a row. One listing moves a
 * memory on only once: observing the same listing twice must not confirm its own gaps (`remembered`).
 */

/** The lists that say something about one key. */
export const KEY_SECTIONS = ['dids', 'bots', 'routing'] as const;
export type KeySection = (typeof KEY_SECTIONS)[number];

/** The fact that each list proves. */
export const FACT_OF: Readonly<Record<KeySection, keyof PresenceMemory>> = {
  dids: 'did',
  bots: 'bot',
  routing: 'routing',
};

const FACTS = Object.values(FACT_OF);

export const NOTHING_SEEN: PresenceMemory = { did: 'unknown', bot: 'unknown', routing: 'unknown' };

/**
 * Next memory of one thing after a listing: `seen` is null when the listing was not complete.
 *
 * Lists shift while they are paged, so one missing row proves little: what was once present, or whose absence would be
 * grave (`cautious`), is first `suspect` and only after the next complete listing `absent`.
 */
export const nextPresence = (prior: Presence, seen: boolean | null, cautious: boolean): Presence => {
  if (seen === null) return prior;
  if (seen) return 'present';
  if (prior === 'suspect' || prior === 'absent') return 'absent';
  return prior === 'present' || cautious ? 'suspect' : 'absent';
};

export const samePresence = (a: PresenceMemory, b: PresenceMemory): boolean =>
  FACTS.every((fact) => a[fact] === b[fact]);

/** `before` with what was observed from the sections that are about to be listed again: only their memory moves on. */
export const remembered = (
  before: PresenceMemory,
  observed: PresenceMemory,
  sections: readonly KeySection[],
): PresenceMemory => {
  const moved = sections.map((section) => [FACT_OF[section], observed[FACT_OF[section]]] as const);
  return { ...before, ...Object.fromEntries(moved) };
};

/** All that is still known once a DID is not looked at any more. */
export const forgotten = ({ everListed }: PresenceMemory): PresenceMemory =>
  everListed === true ? { ...NOTHING_SEEN, everListed } : NOTHING_SEEN;

/** Sections whose last complete listing lacks something that was there one listing ago. */
export const suspectSections = (presence: PresenceMemory): readonly KeySection[] =>
  KEY_SECTIONS.filter((section) => presence[FACT_OF[section]] === 'suspect');

/** True if something is missing for the first time. What was suspect already waits for a complete listing, however many fail. */
export const isNewlySuspect = (is: PresenceMemory, was: PresenceMemory): boolean =>
  FACTS.some((fact) => is[fact] === 'suspect' && was[fact] !== 'suspect');

/** Sections that say nothing about this key: not complete, or missing something that was there a listing ago. */
export const unknownSectionsOf = ({ unknown, presence }: KeyObservation): Section[] => {
  const suspect = suspectSections(presence);
  return KEY_SECTIONS.filter((section) => unknown.includes(section) || suspect.includes(section));
};
