import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ALL_EVENT_SCHEMAS, EVENT_EXAMPLES, EVENT_SCHEMAS } from '@dialtone/contracts';
import { nodes } from './nodes';
import { Packed } from './packed';

const ROOT = resolve(__dirname, '../..');

let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'dialtone-packages-'));
  execFileSync(process.execPath, ['deploy/packages/libraries.mjs'], { cwd: ROOT, stdio: 'inherit' });
});
afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

// eslint-disable-next-line no-restricted-syntax -- where this machine has its Nodes
const { PATH = '' } = process.env;

/** By its ways to be imported: a program that says what `body` computes of it. */
const PROGRAMS = {
  'main.mjs': (names: string, name: string, body: string) => `import { ${names} } from '${name}';\n${body}`,
  'main.cjs': (names: string, name: string, body: string) => `const { ${names} } = require('${name}');\n${body}`,
} as const;

const TYPES = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022'],
    module: 'node16',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: [],
  },
  include: ['typed.mts', 'typed.cts'],
};

const typeCheck = (folder: string, source: string) => {
  for (const file of ['typed.mts', 'typed.cts']) writeFileSync(join(folder, file), source);
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(TYPES));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const done = spawnSync(process.execPath, [tsc, '--project', folder], { encoding: 'utf8' });
  return [done.stdout + done.stderr, done.status];
};

describe('the package of the contracts', () => {
  let packed: Packed;
  beforeAll(() => {
    packed = new Packed(join(ROOT, 'dist/packages/contracts'), temporary);
  });

  it('has modules of both kinds, types for both, and the schemas at the path of their ids', () => {
    const files = packed.files();
    expect(files.filter((name) => !/^(schemas|types)\//.test(name))).toEqual([
      'CHANGELOG.md',
      'README.md',
      'asyncapi.yaml',
      'index.cjs',
      'index.mjs',
      'package.json',
    ]);
    for (const schema of [ALL_EVENT_SCHEMAS, ...Object.values(EVENT_SCHEMAS)])
      expect(JSON.parse(packed.text(schema.$id ?? ''))).toEqual(schema);
    expect(JSON.parse(packed.text('package.json'))).not.toHaveProperty('dependencies');
  });

  it('has no fault that publint knows', () => {
    expect(packed.publint()).toEqual({ status: 0, said: expect.stringContaining('All good!') as string });
  });

  it('has types that are right for each way to resolve modules', () => {
    // No way resolves the types of a YAML file.
    const checked = packed.areTheTypesWrong('--exclude-entrypoints', 'asyncapi.yaml');
    expect(checked).toEqual({ status: 0, said: expect.stringContaining('No problems found') as string });
  });

  it('narrows the data of an event by its type, without types of Node', () => {
    const { empty } = packed.install();
    const typed = `import { parseEvent, type DriftDetectedData } from '@dialtone/contracts';
      const parsed = parseEvent({}, '');
      if (parsed.kind === 'known' && parsed.event.type === 'dialtone.drift.detected.v1') {
        const { issues, action_items }: DriftDetectedData = parsed.event.data;
        const first: 'NO_BOT' | string | undefined = issues[0] ?? action_items[0]?.label;
        void first;
      } else if (parsed.kind === 'broken') {
        const where: string = parsed.path + parsed.reason;
        void where;
      } else if (parsed.kind === 'unknown') {
        // @ts-expect-error: an unknown event has no data
        void parsed.event;
      }`;
    expect(typeCheck(empty, typed)).toEqual(['', 0]);
  });

  it.each(nodes(PATH))('installs into an empty folder and parses there on Node $version', ({ node }) => {
    const { empty, installed } = packed.install();
    expect(installed).toEqual(['@dialtone/contracts']);
    const type = 'dialtone.drift.detected.v1';
    const body = `const data = ${JSON.stringify(EVENT_EXAMPLES[type])};
      const attributes = { specversion: '1.0', id: 'x', source: '/x', time: data.occurred_at, datacontenttype: 'application/json' };
      const event = { ...attributes, type: '${type}', dataschema: dataSchemaOf('${type}'), data };
      const told = [event, { ...event, type: '${type.replace('v1', 'v2')}' }, { ...event, data: {} }].map((one) => parseCloudEvent(one));
      console.log(JSON.stringify([Object.keys(TOPICS).length, told.map(({ kind, path }) => [kind, path])]));`;
    for (const [file, program] of Object.entries(PROGRAMS)) {
      writeFileSync(join(empty, file), program('dataSchemaOf, parseCloudEvent, TOPICS', '@dialtone/contracts', body));
      const done = spawnSync(node, [file], { cwd: empty, encoding: 'utf8' });
      expect([done.stderr, JSON.parse(done.stdout || 'null')]).toEqual([
        '',
        [
          7,
          [
            ['known', null],
            ['unknown', null],
            ['broken', 'data.connection_id'],
          ],
        ],
      ]);
    }
  });
});
