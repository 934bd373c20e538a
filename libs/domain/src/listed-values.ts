import { differing, holdsIn, type Facts } from './listed-facts';
import { KEY_SECTIONS, type KeySection } from './key-section';

/**
 * The algebra of values: what listings, one after another, prove about values that change. Lists may be read from replicas
 * that lag, so a value that changes back is believed only when a later listing shows the same again, as absence is.
 *
 * Facts are compared one by one: a row that was read in the middle of an update shows some of its old values, and no other.
 */
export interface SectionValues {
  readonly is: Facts;
  /** Start of the listing that first showed `is`. Epoch ms, database clock, as all times here. */
  readonly since: number;
  /** What was shown before, latest first, and the start of the listing that showed something else. */
  readonly were: readonly { readonly facts: Facts; readonly until: number }[];
  /** Start of the first listing that showed former values again; null: the last one showed `is`. */
  readonly doubtedAt: number | null;
  /** True if `is` was stored as this very text: then it need not be read. Left out: it came as no text. */
  readonly isWritten?: (text: string) => boolean;
}

/** A section is missing until a list of it said something about the key. */
export type ValueMemory = Readonly<Partial<Record<KeySection, SectionValues>>>;

/** One listing of one section, as far as it concerns a key. */
export interface ShownValues {
  readonly facts: Facts;
  readonly listedAt: number;
  /** How long former values may still be shown; 0: never, and nothing is remembered. */
  readonly windowMs: number;
  /** What writes of ours that are accepted or were just seen make of facts: to show all of one is no step back. */
  readonly ours: readonly Facts[];
}

/** Changes within one window that are remembered: more than two are made by a test, or by a fight between two controllers. */
const MOST_FORMER = 4;

/**
 * The next memory of one section; `doubtedAt` is set when this listing is not believed. What is not listed any more changes
 * nothing: presence is judged by a memory of its own.
 */
export const nextValues = (before: SectionValues | undefined, shown: ShownValues): SectionValues | undefined => {
  const { facts, listedAt, windowMs } = shown;
  const names = Object.keys(facts);
  if (names.length === 0) return undoubted(before);
  if (before === undefined) return { is: facts, since: listedAt, were: [], doubtedAt: null };
  const changed = names.filter((name) => before.is[name] !== facts[name]);
  if (changed.length === 0) return undoubted(before);
  if (!isBelieved(before, changed, shown)) return doubted(before, before.doubtedAt ?? listedAt);
  const were = [{ facts: before.is, until: listedAt }, ...former(before, listedAt, windowMs)].slice(0, MOST_FORMER);
  return { is: facts, since: listedAt, were, doubtedAt: null };
};

/** The same memory of a section about which there is nothing to doubt any more. */
export const undoubted = (values: SectionValues | undefined): SectionValues | undefined =>
  values === undefined || values.doubtedAt === null ? values : doubted(values, null);

const doubted = ({ is, since, were }: SectionValues, doubtedAt: number | null): SectionValues => ({
  is,
  since,
  were,
  doubtedAt,
});

/**
 * A second listing counts only if it was not begun before the first. A write explains nothing of a row that shows a part of it:
 * that part may as well be from before it, and a write that had no effect would explain an old list.
 */
const isBelieved = (before: SectionValues, changed: readonly string[], shown: ShownValues): boolean => {
  const { facts, listedAt, windowMs, ours } = shown;
  if (listedAt < before.since) return false;
  const shownWrites = ours.filter((made) => holdsIn(made, facts));
  const unexplained = changed.filter((name) => !shownWrites.some((made) => name in made));
  if (unexplained.length === 0) return true;
  const isBack = unexplained.every((name) => wasShown(before, name, shown.facts[name], { listedAt, windowMs }));
  return !isBack || (before.doubtedAt !== null && listedAt >= before.doubtedAt);
};

/** True if the fact had this value within the window; undefined: it was not listed. */
const wasShown = (
  memory: SectionValues,
  name: string,
  value: Facts[string] | undefined,
  { listedAt, windowMs }: Pick<ShownValues, 'listedAt' | 'windowMs'>,
): boolean => former(memory, listedAt, windowMs).some(({ facts }) => facts[name] === value);

const former = ({ were }: SectionValues, listedAt: number, windowMs: number): SectionValues['were'] =>
  were.filter(({ until }) => listedAt - until <= windowMs);

/** As part of a memory; what is left out was never remembered. */
export const knownValues = (
  values: Readonly<Record<KeySection, SectionValues | undefined>>,
): { readonly values?: ValueMemory } => {
  const { dids, bots, routing } = values;
  if (dids === undefined && bots === undefined && routing === undefined) return {};
  return { values: { ...(dids && { dids }), ...(bots && { bots }), ...(routing && { routing }) } };
};

/** A listing of one of the sections was not believed. */
export const isDoubted = ({ dids, bots, routing }: ValueMemory): boolean =>
  isOpen(dids) || isOpen(bots) || isOpen(routing);

const isOpen = (values: SectionValues | undefined): boolean => (values?.doubtedAt ?? null) !== null;

export const doubtedSections = (values: ValueMemory | undefined): readonly KeySection[] =>
  values === undefined ? [] : KEY_SECTIONS.filter((section) => isOpen(values[section]));

export const sameValues = (a: ValueMemory | undefined, b: ValueMemory | undefined): boolean =>
  a === b || (sameSection(a?.dids, b?.dids) && sameSection(a?.bots, b?.bots) && sameSection(a?.routing, b?.routing));

/** `since` tells two memories with the same values apart; what they were follows from how they came about. */
const sameSection = (a: SectionValues | undefined, b: SectionValues | undefined): boolean => {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  const isSame = a.since === b.since && a.doubtedAt === b.doubtedAt && a.were.length === b.were.length;
  return isSame && differing(a.is, b.is).length === 0;
};
