import type { Readable, Writable } from 'node:stream';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a run of the program has around it: everything of the process that a command may use. */
export interface Surroundings {
  readonly env: Environment;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Data, and nothing else. */
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Everything that is said to people. */
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/** A person is at both ends: may be asked. */
export const isInteractive = ({ stdin, stderr }: Surroundings): boolean =>
  stdin.isTTY === true && stderr.isTTY === true;

/** A line to standard error. */
export const say = ({ stderr }: Surroundings, line: string): void => {
  stderr.write(`${line}\n`);
};
