import { spawnSync } from 'node:child_process';

/** `npm run fuzz -- [requests] [seed]`: more requests than a test run makes, by default from a new seed. */
const [requests = '200000', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);
const jest = ['node_modules/jest/bin/jest.js', '--selectProjects=integration', '--testPathPatterns=test/api-fuzz'];
const env = { ...process.env, FUZZ_REQUESTS: requests, FUZZ_SEED: seed };
const done = spawnSync(process.execPath, jest, { stdio: 'inherit', env });
process.exit(done.status ?? 1);
