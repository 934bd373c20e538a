import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Built code lies deeper than its sources; the pages do not move. */
export const folderAbove = (start: string, pages: string): string => {
  const folder = join(start, pages);
  if (existsSync(folder)) return folder;
  const parent = dirname(start);
  if (parent === start) throw new Error(`${pages} is missing: it belongs beside what is built.`);
  return folderAbove(parent, pages);
};
