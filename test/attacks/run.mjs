import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `npm run attacks`: the tests that docs/security.md lists under its attacks, and no others. Further arguments are Jest's. */
const root = join(import.meta.dirname, '..', '..');
const [, section = ''] = readFileSync(join(root, 'docs', 'security.md'), 'utf8').split('\n## The attacks');
const [table] = section.split('\n## ');
const specs = new Set([...table.matchAll(/`([^`]+spec\.ts)`/g)].map(([, path]) => path));
if (specs.size === 0) throw new Error('docs/security.md lists no attacks.');
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const args = [jest, '--runTestsByPath', ...specs, ...process.argv.slice(2)];
spawn(process.execPath, args, { cwd: root, stdio: 'inherit' }).once('exit', (code) => process.exit(code ?? 1));
