import {
  NOTHING_SEEN,
  observeSnapshot,
  SECTIONS,
  snapshotWarnings,
  type DidKey,
  type KeyObservation,
  type LocalKnowledge,
  type PresenceMemory,
  type Section,
  type SectionWarning,
  type Snapshot,
} from '@dialtone/domain';
import { mapInTurns } from './in-turns';
import type { KeySection } from './key-reader';
import type { Clock } from './ports/clock';
import type { VoiceLinkAccount } from './ports/upstream';

/** A snapshot whose gaps were looked at again. */
export interface Confirmed {
  readonly snapshot: Snapshot;
  readonly observations: readonly KeyObservation[];
  /** The lists that were not complete, and those of which it stayed open whether something is missing. */
  readonly warnings: readonly SectionWarning[];
}

interface Look {
  readonly snapshot: Snapshot;
  readonly known: LocalKnowledge;
  readonly observations: readonly KeyObservation[];
}

interface Fact {
  readonly section: KeySection;
  readonly fact: keyof PresenceMemory;
  /** Complete, or whatever is missing is not this section's doing. */
  readonly needs: readonly Section[];
}

const FACTS: readonly Fact[] = [
  { section: 'dids', fact: 'did', needs: ['dids'] },
  { section: 'bots', fact: 'bot', needs: ['dids', 'bots', 'routing'] },
  { section: 'routing', fact: 'routing', needs: ['routing'] },
];

/** Rows that come and go while a list is paged are settled by the first listing more; a busy account may need another. */
const LISTINGS_MORE = 2;

const MOVING = 'rows came and went while this list was read; nothing is derived from what is missing';

/**
 * Observes a snapshot. What is missing from a complete list for the first time is looked for in another listing of it,
 * because absence is believed only after two: so that an answer need not leave open what a second look can tell.
 */
export const confirmAbsence = async (
  { account, clock }: { readonly account: VoiceLinkAccount; readonly clock: Clock },
  snapshot: Snapshot,
  known: LocalKnowledge,
): Promise<Confirmed> => {
  let look = await lookAt(clock, snapshot, known);
  let unread: readonly SectionWarning[] = [];
  for (let count = 0; count < LISTINGS_MORE; count += 1) {
    const open = openFacts(look);
    if (open.length === 0) break;
    const listed = await listAgain(account, open);
    unread = snapshotWarnings({ ...look.snapshot, ...listed }).filter(isOf(open));
    if (unread.length > 0) break;
    look = await lookAt(clock, { ...look.snapshot, ...listed }, { ...known, memory: remembered(look, open) });
  }
  const moving = openFacts(look).map(({ section }) => ({ section, code: 'TRUNCATED', message: MOVING }) as const);
  const warnings = onePerSection([...snapshotWarnings(look.snapshot), ...unread, ...moving]);
  return { snapshot: look.snapshot, observations: look.observations, warnings };
};

const listAgain = async (account: VoiceLinkAccount, facts: readonly Fact[]): Promise<Partial<Snapshot>> => {
  const listed = await Promise.all(facts.map(async ({ section }) => [section, await account.list(section)] as const));
  return Object.fromEntries(listed);
};

const isOf =
  (facts: readonly Fact[]) =>
  ({ section }: SectionWarning): boolean =>
    facts.some((fact) => fact.section === section);

/** Facts of which some key's are suspect, although the lists that say so are complete. */
const openFacts = ({ snapshot, observations }: Look): readonly Fact[] =>
  FACTS.filter(
    ({ fact, needs }) =>
      needs.every((section) => snapshot[section].status === 'complete') &&
      observations.some(({ presence }) => presence[fact] === 'suspect'),
  );

const lookAt = async (clock: Clock, snapshot: Snapshot, known: LocalKnowledge): Promise<Look> => ({
  snapshot,
  known,
  observations: await mapInTurns(clock, observeSnapshot(snapshot, known), (observation) => observation),
});

/** Only the memory of what was listed again moves on: looking at one listing twice must not confirm its own gaps. */
const remembered = ({ known, observations }: Look, facts: readonly Fact[]): ReadonlyMap<DidKey, PresenceMemory> => {
  const after = observations.map(({ key, presence }) => {
    const seen = facts.map(({ fact }) => [fact, presence[fact]] as const);
    return [key, { ...(known.memory.get(key) ?? NOTHING_SEEN), ...Object.fromEntries(seen) }] as const;
  });
  return new Map([...known.memory, ...after]);
};

const onePerSection = (warnings: readonly SectionWarning[]): readonly SectionWarning[] =>
  SECTIONS.flatMap((section) => warnings.find((warning) => warning.section === section) ?? []);
