import type { Command } from 'commander';
import { Failure } from '../failure';
import { declarationsOf } from '../files/declarations';
import { refuseProblems } from '../files/places';
import { readFiles } from '../files/read-files';
import type { Gateway } from '../gateway/gateway';
import { Names } from '../gateway/names';
import type { Run } from '../run';
import type { PruneTerms } from './batches';
import { resolve, type Resolved } from './resolve';

/** Flags of every command that reads declarations. */
export interface FileFlags {
  readonly filename: readonly string[];
  readonly manager?: string;
  readonly takeOver?: boolean;
  readonly prune?: boolean;
  readonly maxPrunePercent?: string;
  readonly forcePrune?: boolean;
}

const collected = (path: string, before: readonly string[] = []): readonly string[] => [...before, path];

export const addFileFlags = (command: Command): Command =>
  command
    .requiredOption(
      '-f, --filename <path>',
      'YAML, JSON or CSV with a header; a folder of them; - for standard input',
      collected,
    )
    .option('--manager <name>', 'the source that these files come from: others cannot change its numbers')
    .option('--take-over', 'also numbers that other managers declare')
    .option('--prune', 'withdraw what the manager declares and the files do not name')
    .option('--max-prune-percent <percent>', 'of what the manager declares; more is refused (default: 20)')
    .option('--force-prune', 'withdraw any share');

const PERCENT = /^(100|\d{1,2})$/;

export const pruneOf = ({ prune, manager, maxPrunePercent, forcePrune }: FileFlags): PruneTerms | null => {
  if (prune !== true) {
    if (maxPrunePercent === undefined && forcePrune !== true) return null;
    throw new Failure('--max-prune-percent and --force-prune need --prune.');
  }
  if (manager === undefined)
    throw new Failure('--prune needs --manager: it withdraws what this manager declares, and never what another does.');
  if (maxPrunePercent !== undefined && !PERCENT.test(maxPrunePercent))
    throw new Failure(`--max-prune-percent must be 0 to 100, and not "${maxPrunePercent}".`);
  return { maxPercent: maxPrunePercent === undefined ? null : Number(maxPrunePercent), force: forcePrune === true };
};

/** What the files declare, with ids for names. Throws with every mistake and its line, before anything is sent that counts. */
export const declaredIn = async (
  run: Run,
  gateway: Gateway,
  paths: readonly string[],
): Promise<readonly Resolved[]> => {
  const { declarations, problems } = declarationsOf(await readFiles(paths, run.around.stdin));
  refuseProblems(problems);
  if (declarations.length === 0) throw new Failure(`${paths.join(', ')}: nothing is declared there.`);
  const { resolved, problems: unknown } = await resolve(declarations, new Names(gateway));
  refuseProblems(unknown);
  return resolved;
};
