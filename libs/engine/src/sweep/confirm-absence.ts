import {
  KEY_SECTIONS,
  NOTHING_SEEN,
  remembered,
  samePresence,
  SECTIONS,
  snapshotWarnings,
  suspectSections,
  type DidKey,
  type KeyObservation,
  type KeySection,
  type PresenceMemory,
  type Section,
  type SectionWarning,
  type Snapshot,
} from '@dialtone/domain';
import type { StoredKey } from '../ports/key-states';
import type { VoiceLinkAccount } from '../ports/upstream';
import type { Findings, Sight, SweepPass } from './sweep-pass';

/** One pass over all keys. */
export interface Look {
  readonly sight: Sight;
  readonly pass: SweepPass;
  readonly findings: Findings;
  /** Null: the sweep leaves gaps to the next one. */
  readonly gaps: Gaps | null;
}

/** Complete, or another section may explain what is missing. */
const NEEDS: Readonly<Record<KeySection, readonly Section[]>> = {
  dids: ['dids'],
  bots: ['dids', 'bots', 'routing'],
  routing: ['routing'],
};

/** One more listing settles rows that come and go while a list is paged; a busy account may need a second. */
const LISTINGS_MORE = 2;

const MOVING = 'rows came and went while this list was read; nothing is derived from what is missing';

/** What one look finds missing for the first time. */
export class Gaps {
  private readonly sections = new Set<KeySection>();
  private readonly moved = new Map<DidKey, { readonly was: PresenceMemory; readonly is: PresenceMemory }>();

  constructor(private readonly memory: Sight['memory']) {}

  add({ key, presence }: KeyObservation, stored: StoredKey | undefined): void {
    for (const section of suspectSections(presence)) this.sections.add(section);
    const was = this.memory.get(key) ?? stored?.presence ?? NOTHING_SEEN;
    if (!samePresence(was, presence)) this.moved.set(key, { was, is: presence });
  }

  /** Sections that lack something for the first time, although the lists that say so are complete. */
  open(snapshot: Snapshot): readonly KeySection[] {
    return KEY_SECTIONS.filter(
      (section) =>
        this.sections.has(section) && NEEDS[section].every((needed) => snapshot[needed].status === 'complete'),
    );
  }

  /** The memory for the next look, after these sections are listed again. */
  memoryAfter(sections: readonly KeySection[]): Sight['memory'] {
    const after = [...this.moved].map(([key, { was, is }]) => [key, remembered(was, is, sections)] as const);
    return new Map([...this.memory, ...after]);
  }
}

/**
 * Lists a section again while a complete list of it lacks something for the first time, and looks again: absence counts
 * only after two listings, and the answer to a request should not leave open what a second listing can tell.
 *
 * The warnings name the lists that are incomplete or hold rows that cannot be read, and the lists whose gaps could not be confirmed.
 */
export const confirmAbsence = async (
  account: VoiceLinkAccount,
  first: Look,
  lookAgain: (sight: Sight) => Promise<Look>,
): Promise<{ readonly look: Look; readonly warnings: readonly SectionWarning[] }> => {
  let look = first;
  let unread: readonly SectionWarning[] = [];
  for (let count = 0; count < LISTINGS_MORE; count += 1) {
    const { sight, gaps } = look;
    const open = openSections(look);
    if (gaps === null || open.length === 0) break;
    const snapshot = { ...sight.snapshot, ...(await listAgain(account, open)) };
    unread = snapshotWarnings(snapshot).filter(
      ({ section }) => isOneOf(open, section) && snapshot[section].status !== 'complete',
    );
    if (unread.length > 0) break;
    look = await lookAgain({ ...sight, snapshot, memory: gaps.memoryAfter(open) });
  }
  const moving = openSections(look).map((section) => ({ section, code: 'TRUNCATED', message: MOVING }) as const);
  return { look, warnings: onePerSection([...snapshotWarnings(look.sight.snapshot), ...unread, ...moving]) };
};

const openSections = ({ sight, gaps }: Look): readonly KeySection[] => gaps?.open(sight.snapshot) ?? [];

const isOneOf = (sections: readonly Section[], section: Section): boolean => sections.includes(section);

const listAgain = async (account: VoiceLinkAccount, sections: readonly KeySection[]): Promise<Partial<Snapshot>> => {
  const listed = await Promise.all(sections.map(async (section) => [section, await account.list(section)] as const));
  return Object.fromEntries(listed);
};

const onePerSection = (warnings: readonly SectionWarning[]): readonly SectionWarning[] =>
  SECTIONS.flatMap((section) => warnings.find((warning) => warning.section === section) ?? []);
