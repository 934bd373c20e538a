import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createStores } from '@dialtone/persistence';
import { createLogger, createRegistry, gatewayConfig, pepperedDigest, secretSealer } from '@dialtone/platform';
import { createTestDatabase, type TestDatabase } from '@dialtone/persistence/testing';
import { createGateway } from '../../apps/api-gateway/src/create-gateway';
import { StoresModule } from '../../apps/api-gateway/src/outside/stores.module';
import { startSimulator, type RunningSimulator } from '../../apps/voicelink-simulator/src/start-simulator';

const ROOT = resolve(__dirname, '../..');
const GENERATOR = join(ROOT, 'node_modules/@hey-api/openapi-ts/bin/run.js');
const COMPILER = join(ROOT, 'node_modules/typescript/bin/tsc');

/** As strict as a partner may be. */
const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'dom', 'dom.iterable'],
    module: 'nodenext',
    strict: true,
    noEmitOnError: true,
    noPropertyAccessFromIndexSignature: true,
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
    outDir: 'built',
  },
  include: ['*.ts', 'client/**/*.ts'],
};

const run = async (script: string, args: readonly string[], cwd: string): Promise<string> => {
  try {
    return (await promisify(execFile)(process.execPath, [script, ...args], { cwd, env: {} })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${script} failed: ${String(stdout)}${String(stderr)}`, { cause: error });
  }
};

let folder: string;
let database: TestDatabase;
let simulator: RunningSimulator;
let app: NestFastifyApplication;
let url: string;
let apiKey: string;

beforeAll(async () => {
  [database, simulator] = await Promise.all([createTestDatabase(), startSimulator({ dids: 20 })]);
  const config = gatewayConfig({
    DATABASE_URL: database.url,
    API_KEY_PEPPER: randomBytes(32).toString('base64'),
    CREDENTIALS_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    VOICELINK_BASE_URL_ALLOWLIST: simulator.url,
  });
  const stores = createStores(await database.connect(2), {
    secretBox: secretSealer(config.credentialsKeys),
    hmac: (secret) => pepperedDigest(config.apiKeyPepper, secret),
  });
  const partner = await stores.partners.create('Partner');
  ({ apiKey } = await stores.apiKeys.issue(partner.id, 'generated client'));
  const logger = createLogger({ name: 'test', level: 'silent' });
  app = await createGateway(StoresModule.over(config, logger), { logger, registry: createRegistry() });
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
  folder = await mkdtemp(join(tmpdir(), 'dialtone-client-'));
});
afterAll(async () => {
  await app.close();
  await simulator.stop();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

describe('a client that is generated from the OpenAPI document', () => {
  it('compiles with the program of a partner, and refuses what the gateway would refuse', async () => {
    const document = await (await fetch(`${url}/openapi.json`)).text();
    await writeFile(join(folder, 'openapi.json'), document);
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'partner', type: 'module' }));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    await copyFile(join(__dirname, 'partner/make-ready.ts'), join(folder, 'make-ready.ts'));
    await run(GENERATOR, ['-i', 'openapi.json', '-o', 'client', '--no-log-file'], folder);
    expect(await run(COMPILER, ['--project', folder], folder)).toBe('');
  });

  it('takes a new client, a mapped number and call-ready all the way to READY', async () => {
    const { username, password } = simulator.credentials;
    const args = [url, apiKey, simulator.url, username, password];
    expect(JSON.parse(await run(join(folder, 'built/make-ready.js'), args, folder))).toEqual({
      before: 'NO_BOT',
      page: true,
      ready: true,
      steps: [
        'resolve_did done',
        'import_did already',
        'client_mapping already',
        'ensure_bot done',
        'ensure_routing done',
        'assign_agent done',
      ],
      state: 'READY',
      listed: expect.any(Number) as number,
      call: 'pending',
      refused: 'VALIDATION_ERROR',
    });
  });
});
