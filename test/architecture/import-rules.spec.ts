import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

/** One import that the rules refuse. */
interface Refused {
  readonly rule: string;
  readonly file: string;
  readonly imports: string;
}

const REFUSED: readonly Refused[] = [
  { rule: 'domain-imports-nothing', file: 'libs/domain/src/a.ts', imports: 'node:crypto' },
  { rule: 'domain-imports-nothing', file: 'libs/domain/src/b.ts', imports: '@dialtone/engine' },
  { rule: 'engine-imports-only-domain-and-contracts', file: 'libs/engine/src/a.ts', imports: '@nestjs/common' },
  { rule: 'engine-imports-only-domain-and-contracts', file: 'libs/engine/src/b.ts', imports: '@dialtone/persistence' },
  { rule: 'contracts-import-nothing', file: 'libs/contracts/src/a.ts', imports: '@dialtone/domain' },
  { rule: 'platform-knows-no-other-lib', file: 'libs/platform/src/a.ts', imports: '@dialtone/domain' },
  { rule: 'adapters-are-strangers', file: 'libs/voicelink/src/a.ts', imports: '@dialtone/persistence' },
  { rule: 'adapters-are-strangers', file: 'libs/messaging/src/a.ts', imports: '@dialtone/voicelink' },
  { rule: 'database-only-in-persistence', file: 'apps/api-gateway/src/a.ts', imports: 'typeorm' },
  { rule: 'database-only-in-persistence', file: 'libs/messaging/src/b.ts', imports: 'pg' },
  { rule: 'kafka-only-in-messaging', file: 'apps/reconciler/src/a.ts', imports: 'kafkajs' },
  { rule: 'http-client-only-in-clients', file: 'apps/reconciler/src/b.ts', imports: 'undici' },
  { rule: 'http-client-only-in-clients', file: 'libs/persistence/src/a.ts', imports: 'node:https' },
  { rule: 'adapters-are-strangers', file: 'libs/carriers/src/a.ts', imports: '@dialtone/persistence' },
  { rule: 'wire-imports-only-domain', file: 'libs/wire/src/a.ts', imports: '@dialtone/engine' },
  { rule: 'wire-only-from-clients', file: 'apps/reconciler/src/g.ts', imports: '@dialtone/wire' },
  { rule: 'apps-do-not-import-apps', file: 'apps/reconciler/src/c.ts', imports: '../../api-gateway/src/main' },
  { rule: 'simulators-share-no-code', file: 'apps/carrier-simulator/src/a.ts', imports: '@dialtone/carriers' },
  { rule: 'notifier-builds-on-the-two-packages', file: 'apps/drift-notifier/src/a.ts', imports: '@dialtone/platform' },
  { rule: 'gateway-floor-knows-no-feature', file: 'apps/api-gateway/src/outside/a.ts', imports: '../calls/rows' },
  { rule: 'gateway-floor-knows-no-feature', file: 'apps/api-gateway/src/http/input/a.ts', imports: '../../calls/rows' },
  { rule: 'http-errors-room-looks-one-way', file: 'apps/api-gateway/src/http/errors/a.ts', imports: '../input/ok' },
  { rule: 'http-access-room-looks-one-way', file: 'apps/api-gateway/src/http/access/a.ts', imports: '../input/ok' },
  { rule: 'http-input-room-looks-one-way', file: 'apps/api-gateway/src/http/input/b.ts', imports: '../server/ok' },
  {
    rule: 'http-server-room-looks-one-way',
    file: 'apps/api-gateway/src/http/server/a.ts',
    imports: '../idempotency/ok',
  },
  { rule: 'libs-do-not-import-apps', file: 'libs/persistence/src/b.ts', imports: '../../../apps/reconciler/src/main' },
  { rule: 'runtime-only-from-apps', file: 'libs/persistence/src/c.ts', imports: '@dialtone/runtime' },
  { rule: 'runtime-only-from-apps', file: 'libs/testing/src/a.ts', imports: '@dialtone/runtime' },
  { rule: 'testing-lib-only-from-tests', file: 'libs/runtime/src/a.ts', imports: '@dialtone/testing' },
  { rule: 'libs-only-through-index', file: 'apps/reconciler/src/d.ts', imports: '../../../libs/domain/src/inner' },
  { rule: 'testing-lib-only-from-tests', file: 'apps/reconciler/src/e.ts', imports: '@dialtone/testing' },
  { rule: 'scripts-use-no-sources', file: 'deploy/local/up.mjs', imports: '../../libs/domain/src/index' },
  { rule: 'bootstrap-uses-no-dependency', file: 'deploy/local/bootstrap.mjs', imports: 'kafkajs' },
  { rule: 'resolvable', file: 'apps/reconciler/src/f.ts', imports: './gone' },
  { rule: 'no-circular', file: 'libs/domain/src/ring-back.ts', imports: './ring' },
];

/** What each layer is made to import. */
const ALLOWED: readonly Omit<Refused, 'rule'>[] = [
  { file: 'libs/domain/src/ok.ts', imports: './inner' },
  { file: 'libs/engine/src/ok.ts', imports: '@dialtone/domain' },
  { file: 'libs/engine/src/ok-events.ts', imports: '@dialtone/contracts' },
  { file: 'libs/persistence/src/ok.ts', imports: 'typeorm' },
  { file: 'libs/messaging/src/ok.ts', imports: 'kafkajs' },
  { file: 'libs/voicelink/src/ok.ts', imports: 'undici' },
  { file: 'libs/carriers/src/ok.ts', imports: 'undici' },
  { file: 'libs/carriers/src/ok-wire.ts', imports: '@dialtone/wire' },
  { file: 'libs/wire/src/ok.ts', imports: 'undici' },
  { file: 'libs/engine/src/ok.spec.ts', imports: '@dialtone/testing' },
  { file: 'apps/reconciler/src/ok.ts', imports: '@dialtone/persistence' },
  { file: 'apps/reconciler/src/ok-runtime.ts', imports: '@dialtone/runtime' },
  { file: 'libs/runtime/src/ok.ts', imports: '@dialtone/persistence' },
  { file: 'libs/runtime/src/ok-too.ts', imports: '@dialtone/voicelink' },
  { file: 'apps/api-gateway/src/http/input/ok.ts', imports: '../errors/ok' },
  { file: 'apps/api-gateway/src/http/server/ok.ts', imports: '../errors/ok' },
  { file: 'apps/api-gateway/src/calls/ok.ts', imports: '../http/errors/ok' },
  { file: 'deploy/local/postgres.mjs', imports: 'node:net' },
];

const LIBS = [
  'domain',
  'engine',
  'contracts',
  'platform',
  'persistence',
  'messaging',
  'voicelink',
  'carriers',
  'wire',
  'runtime',
  'testing',
];
const SKELETON: Readonly<Record<string, string>> = {
  ...Object.fromEntries(LIBS.map((lib) => [`libs/${lib}/src/index.ts`, 'export {};\n'])),
  'libs/domain/src/inner.ts': 'export {};\n',
  'libs/domain/src/alone.ts': 'export {};\n',
  'libs/domain/src/ring.ts': "import './ring-back';\n",
  'apps/api-gateway/src/main.ts': 'export {};\n',
  'apps/api-gateway/src/calls/rows.ts': 'export {};\n',
  'apps/api-gateway/src/http/errors/ok.ts': 'export {};\n',
  'apps/api-gateway/src/http/idempotency/ok.ts': 'export {};\n',
  'apps/reconciler/src/main.ts': 'export {};\n',
};

describe('the import rules', () => {
  let tree: string;
  let violations: readonly Violation[];

  beforeAll(() => {
    tree = mkdtempSync(join(tmpdir(), 'dialtone-imports-'));
    const write = (file: string, text: string): void => {
      mkdirSync(dirname(join(tree, file)), { recursive: true });
      writeFileSync(join(tree, file), text);
    };
    for (const [file, text] of Object.entries(SKELETON)) write(file, text);
    for (const { file, imports } of [...REFUSED, ...ALLOWED]) write(file, `import '${imports}';\n`);
    for (const file of ['tsconfig.json', 'package.json', '.dependency-cruiser.cjs'])
      copyFileSync(join(ROOT, file), join(tree, file));
    symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
    const bin = join(ROOT, 'node_modules/.bin/depcruise');
    const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'apps', 'libs', 'deploy'];
    const { stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
      cwd: tree,
      encoding: 'utf8',
      maxBuffer: 64e6,
    });
    if (stdout === '') throw new Error(`dependency-cruiser said nothing: ${stderr}`);
    violations = (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
  });
  afterAll(() => {
    rmSync(tree, { recursive: true, force: true });
  });

  const rulesBrokenBy = (file: string): readonly string[] =>
    violations.filter((violation) => violation.from === file).map((violation) => violation.rule.name);

  it.each(REFUSED)('$rule: $file may not import $imports', ({ rule, file }) => {
    expect(rulesBrokenBy(file)).toContain(rule);
  });

  it.each(ALLOWED)('$file may import $imports', ({ file }) => {
    expect(rulesBrokenBy(file)).toEqual([]);
  });

  it('no-orphans: a module that nobody imports has to import something', () => {
    expect(rulesBrokenBy('libs/domain/src/alone.ts')).toEqual(['no-orphans']);
  });
});
