import { spawn } from 'node:child_process';
import { join } from 'node:path';

/**
 * `npm run fuzz -- [requests] [seed]`: as many requests as you like, with the table of what was asked; the same seed asks
 * the same again. 200,000 requests, and the hundred sequences between neighbours beside them, take about half an hour.
 */
const [requests = '20000', seed = ''] = process.argv.slice(2);
const root = join(import.meta.dirname, '..', '..');
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
const args = [jest, '--selectProjects', 'integration', '--testPathPatterns', 'test/api-fuzz/'];
const env = { ...process.env, FUZZ_REQUESTS: requests, FUZZ_SEED: seed, FUZZ_VERBOSE: '1' };
spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env }).once('exit', (code) => process.exit(code ?? 1));
