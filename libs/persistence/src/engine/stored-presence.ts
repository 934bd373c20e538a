import { NOTHING_SEEN, type PresenceMemory, type SectionValues, type ValueMemory } from '@dialtone/domain';
import { ReadTexts } from './read-texts';

/** Nearly all numbers have one of a few. */
const heads = new ReadTexts<PresenceMemory>((text) => ({
  ...NOTHING_SEEN,
  ...(JSON.parse(text) as Partial<PresenceMemory>),
}));

// PostgreSQL writes a jsonb with its names by length, then by letters, and with one space after each colon and comma. No text in it looks
// like these: its quotes have backslashes.
const VALUES = ', "values": {';
const REST = ', "routing": "';
const IS = '": {"is": ';
const WERE = ', "were": ';
const NONE_SINCE = '[], "since": ';
const NEXT = ', ';
const UNDOUBTED = ', "doubtedAt": null}';

/**
 * `dids.presence` as text. Values are read when they are asked for: names of facts that no two numbers share make them dear, and nearly
 * all are only compared.
 */
export const presenceOf = (text: string): PresenceMemory => {
  const at = text.indexOf(VALUES);
  const end = text.lastIndexOf(REST);
  if (at < 0) return heads.of(text);
  const values = end < at ? null : valuesIn(text.slice(at + VALUES.length, end));
  return values === null
    ? { ...NOTHING_SEEN, ...(JSON.parse(text) as Partial<PresenceMemory>) }
    : { ...heads.of(text.slice(0, at) + text.slice(end)), values };
};

/** Null: not in the form that all but a few have. */
const valuesIn = (text: string): ValueMemory | null => {
  const values: Record<string, SectionValues> = {};
  for (let at = 0; at < text.length;) {
    const named = text.indexOf('"', at + 1);
    const from = named + IS.length;
    const to = text.indexOf(WERE, from);
    const since = to + WERE.length + NONE_SINCE.length;
    const end = text.indexOf(UNDOUBTED, since);
    const time = Number(text.slice(since, end));
    const isUsual = text.startsWith(IS, named) && text.startsWith(NONE_SINCE, to + WERE.length);
    if (!isUsual || end < 0 || Number.isNaN(time)) return null;
    values[text.slice(at + 1, named)] = new UnreadValues(text.slice(from, to), time);
    at = end + UNDOUBTED.length;
    if (text.startsWith(NEXT, at)) at += NEXT.length;
    else return at === text.length - 1 ? values : null;
  }
  return null;
};

/** Values that nothing is known to have been before. */
class UnreadValues implements SectionValues {
  readonly were: SectionValues['were'] = [];
  readonly doubtedAt: number | null = null;
  constructor(
    private readonly text: string,
    readonly since: number,
  ) {}

  get is(): SectionValues['is'] {
    return JSON.parse(this.text) as SectionValues['is'];
  }

  isWritten(text: string): boolean {
    return this.text === text;
  }

  toJSON(): SectionValues {
    const { is, were, since, doubtedAt } = this;
    return { is, were, since, doubtedAt };
  }
}
