import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { type Simulator } from './simulator';
import { World, type WorldDump } from './world/world';

/** Restores the account that an earlier run left in `file`; false when there is none. Throws a sentence when it is unreadable. */
export const restoreState = (simulator: Simulator, file: string): boolean => {
  if (!existsSync(file)) return false;
  try {
    simulator.world = World.restore(JSON.parse(readFileSync(file, 'utf8')) as WorldDump);
    return true;
  } catch {
    throw new Error(
      `${file} is not the state of a simulator. Remove it to start afresh, or name another file with --state.`,
    );
  }
};

/** Saves the account for a later run; a crash half-way leaves the earlier file as it was. */
export const saveState = (simulator: Simulator, file: string): void => {
  const part = `${file}.part`;
  writeFileSync(part, JSON.stringify(simulator.world.dump()), { mode: 0o600 });
  renameSync(part, file);
};
