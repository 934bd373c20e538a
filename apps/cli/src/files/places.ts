import { Failure } from '../failure';
import { countOf } from '../output/texts';

/** Where something stands in a file. Lines count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** One thing that is wrong with a file. */
export interface Problem extends Place {
  /** Null: with the whole of it. */
  readonly field: string | null;
  readonly message: string;
}

export const lineOf = ({ file, line, field, message }: Problem): string =>
  `${file}:${String(line)}: ${field === null ? '' : `${field}: `}${message}`;

const inOrder = (a: Place, b: Place): number => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1);

const MOST_SHOWN = 20;

/** The first problems, and how many more there are. */
export const problemsText = (problems: readonly Problem[]): string => {
  const more = problems.length - MOST_SHOWN;
  const lines = problems.toSorted(inOrder).slice(0, MOST_SHOWN).map(lineOf);
  return [...lines, ...(more > 0 ? [`… and ${countOf(more)} more`] : [])].join('\n');
};

/** Nothing is written while a line has a mistake. */
export const refuseProblems = (problems: readonly Problem[]): void => {
  if (problems.length === 0) return;
  throw new Failure(`Nothing was written, as there is something to mend:\n${problemsText(problems)}`);
};

/** An object of a file with the line of each of its fields; its values are as the file has them. */
export interface Entry extends Place {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly lines: Readonly<Record<string, number>>;
}

/** What a file has in it. */
export interface Content {
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
}
