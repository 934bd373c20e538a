import { KEY_SECTIONS, type KeySection } from './key-section';
import { doubtedSections, isDoubted, sameValues } from './listed-values';
import type { MadeWrite, WriteEffect } from './made-write';
import type { KeyObservation, Presence, PresenceMemory } from './observation';
import type { Section } from './snapshot';

/**
 * The algebra of absence: what complete listings, one after another, prove about one DID's row, bot and routing record.
 *
 * Two laws hold. Absence of what was once seen is believed only after two complete listings in a row. One listing moves a
 * memory on only once: observing the same listing twice must not confirm its own gaps (`remembered`).
 */

type PresenceFact = Exclude<keyof PresenceMemory, 'values'>;

/** The fact that each list proves. */
export const FACT_OF: Readonly<Record<KeySection, PresenceFact>> = {
  dids: 'did',
  bots: 'bot',
  routing: 'routing',
};

const FACTS: readonly PresenceFact[] = Object.values(FACT_OF);

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
  FACTS.every((fact) => a[fact] === b[fact]) && sameValues(a.values, b.values);

/** `before` with what was observed from the sections that are about to be listed again: only their memory moves on. */
export const remembered = (
  before: PresenceMemory,
  observed: PresenceMemory,
  sections: readonly KeySection[],
): PresenceMemory => {
  const moved = sections.map((section) => [FACT_OF[section], observed[FACT_OF[section]]] as const);
  const values = sections.flatMap((section) => {
    const one = observed.values?.[section];
    return one === undefined ? [] : [[section, one] as const];
  });
  const after = { ...before, ...Object.fromEntries(moved) };
  return values.length === 0 ? after : { ...after, values: { ...before.values, ...Object.fromEntries(values) } };
};

const SHOWN_BY: Readonly<Record<WriteEffect['kind'], (typeof FACTS)[number]>> = {
  mapped: 'did',
  bot_made: 'bot',
  bot_activated: 'bot',
  routed: 'routing',
};

/**
 * The memory with what lists have shown of these writes since it was stored: a run may end between the two, and what was seen is
 * gone only after two listings all the same. What is suspect was there already, and stays missed once.
 */
export const withShown = (memory: PresenceMemory, writes: readonly MadeWrite[]): PresenceMemory => {
  const shown = writes.filter(({ seenAt }) => seenAt !== null).map(({ effect }) => SHOWN_BY[effect.kind]);
  const isNew = (fact: PresenceFact): boolean => memory[fact] === 'unknown' || memory[fact] === 'absent';
  return { ...memory, ...Object.fromEntries(shown.filter(isNew).map((fact) => [fact, 'present' as const])) };
};

/** All that is still known once a DID is not looked at any more. */
export const forgotten = ({ everListed }: PresenceMemory): PresenceMemory =>
  everListed === true ? { ...NOTHING_SEEN, everListed } : NOTHING_SEEN;

/** Sections whose last complete listing lacks something that was there one listing ago, or shows a former value again. */
export const suspectSections = (presence: PresenceMemory): readonly KeySection[] => {
  if (isSure(presence)) return NO_SECTION;
  const doubted = doubtedSections(presence.values);
  return KEY_SECTIONS.filter((section) => presence[FACT_OF[section]] === 'suspect' || doubted.includes(section));
};

const NO_SECTION: readonly never[] = [];

/** Nothing is suspect, as of nearly all keys. */
const isSure = ({ did, bot, routing, values }: PresenceMemory): boolean =>
  did !== 'suspect' && bot !== 'suspect' && routing !== 'suspect' && (values === undefined || !isDoubted(values));

/** True if something is missing for the first time. What was suspect already waits for a complete listing, however many fail. */
export const isNewlySuspect = (is: PresenceMemory, was: PresenceMemory): boolean => {
  const before = suspectSections(was);
  return suspectSections(is).some((section) => !before.includes(section));
};

/** Sections that say nothing about this key: not complete, or missing something that was there a listing ago. */
export const unknownSectionsOf = ({ unknown, presence }: KeyObservation): Section[] => {
  const suspect = suspectSections(presence);
  if (unknown.length === 0 && suspect.length === 0) return [];
  return KEY_SECTIONS.filter((section) => unknown.includes(section) || suspect.includes(section));
};
