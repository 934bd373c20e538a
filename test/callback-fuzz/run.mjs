import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** `npm run fuzz:callbacks -- [requests] [seed]`: a million in some minutes; the same seed sends the same again. */
const [requests = '1000000', seed = String(Date.now() % 1_000_000_000)] = process.argv.slice(2);
const root = join(import.meta.dirname, '..', '..');
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const args = [jest, '--selectProjects', 'unit', '--testPathPatterns', 'test/callback-fuzz/'];
const env = { ...process.env, CALLBACK_FUZZ_REQUESTS: requests, CALLBACK_FUZZ_SEED: seed };
spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env }).once('exit', (code) => process.exit(code ?? 1));
