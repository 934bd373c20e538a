import {
  FACT_OF,
  KEY_SECTIONS,
  NOTHING_SEEN,
  observeSnapshot,
  remembered,
  SECTIONS,
  snapshotWarnings,
  type DidKey,
  type KeyObservation,
  type KeySection,
  type LocalKnowledge,
  type PresenceMemory,
  type Section,
  type SectionWarning,
  type Snapshot,
} from '@dialtone/domain';
import { collectInTurns } from '../loops/yielding';
import type { Clock } from '../ports/clock';
import type { VoiceLinkAccount } from '../ports/upstream';

/** A snapshot whose gaps were looked at again. */
export interface Confirmed {
  readonly snapshot: Snapshot;
  readonly observations: readonly KeyObservation[];
  /** Lists that were not complete, and lists whose gaps could not be confirmed. */
  readonly warnings: readonly SectionWarning[];
}

interface Look {
  readonly snapshot: Snapshot;
  readonly known: LocalKnowledge;
  readonly observations: readonly KeyObservation[];
}

/** Complete, or what is missing may be another section's doing. */
const NEEDS: Readonly<Record<KeySection, readonly Section[]>> = {
  dids: ['dids'],
  bots: ['dids', 'bots', 'routing'],
  routing: ['routing'],
};

/** Rows that come and go while a list is paged are settled by the first listing more; a busy account may need another. */
const LISTINGS_MORE = 2;

const MOVING = 'rows came and went while this list was read; nothing is derived from what is missing';

/**
 * Observes a snapshot. A row that is missing from a complete list for the first time is looked for in another listing of it,
 * because absence is believed only after two: so that an answer need not leave open what a second look can tell.
 */
export const confirmAbsence = async (
  clock: Pick<Clock, 'nextTurn'>,
  account: VoiceLinkAccount,
  { snapshot, known }: Pick<Look, 'snapshot' | 'known'>,
): Promise<Confirmed> => {
  let look = await lookAt(clock, snapshot, known);
  let unread: readonly SectionWarning[] = [];
  for (let count = 0; count < LISTINGS_MORE; count += 1) {
    const open = openSections(look);
    if (open.length === 0) break;
    const listed = await listAgain(account, open);
    unread = snapshotWarnings({ ...look.snapshot, ...listed }).filter(isOf(open));
    if (unread.length > 0) break;
    const again = { ...look.snapshot, ...listed };
    look = await lookAt(clock, again, { ...known, memory: memoryAfter(look, open) });
  }
  const moving = openSections(look).map((section) => ({ section, code: 'TRUNCATED', message: MOVING }) as const);
  const warnings = onePerSection([...snapshotWarnings(look.snapshot), ...unread, ...moving]);
  return { snapshot: look.snapshot, observations: look.observations, warnings };
};

const listAgain = async (account: VoiceLinkAccount, sections: readonly KeySection[]): Promise<Partial<Snapshot>> => {
  const listed = await Promise.all(sections.map(async (section) => [section, await account.list(section)] as const));
  return Object.fromEntries(listed);
};

const isOf =
  (sections: readonly Section[]) =>
  ({ section }: SectionWarning): boolean =>
    sections.includes(section);

/** Sections from which something is missing for the first time, although the lists that say so are complete. */
const openSections = ({ snapshot, observations }: Look): readonly KeySection[] =>
  KEY_SECTIONS.filter(
    (section) =>
      NEEDS[section].every((needed) => snapshot[needed].status === 'complete') &&
      observations.some(({ presence }) => presence[FACT_OF[section]] === 'suspect'),
  );

const lookAt = async (clock: Pick<Clock, 'nextTurn'>, snapshot: Snapshot, known: LocalKnowledge): Promise<Look> => {
  const observations = await collectInTurns(clock, observeSnapshot(snapshot, known), (observation) => observation);
  return { snapshot, known, observations };
};

const memoryAfter = (
  { known, observations }: Look,
  sections: readonly KeySection[],
): ReadonlyMap<DidKey, PresenceMemory> => {
  const after = observations.map(({ key, presence }) => {
    const before = known.memory.get(key) ?? NOTHING_SEEN;
    return [key, remembered(before, presence, sections)] as const;
  });
  return new Map([...known.memory, ...after]);
};

const onePerSection = (warnings: readonly SectionWarning[]): readonly SectionWarning[] =>
  SECTIONS.flatMap((section) => warnings.find((warning) => warning.section === section) ?? []);
