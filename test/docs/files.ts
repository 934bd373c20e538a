import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** All files under a folder, by whole path; nothing that is installed or built. */
export const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return [path];
    return entry.name === 'node_modules' || entry.name === 'dist' ? [] : filesIn(path);
  });
