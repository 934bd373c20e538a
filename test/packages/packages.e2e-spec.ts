import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ALL_EVENT_SCHEMAS, EVENT_EXAMPLES, EVENT_SCHEMAS, TOPICS } from '@dialtone/contracts';
import { nodes } from './nodes';
import { Packed } from './packed';

const ROOT = resolve(__dirname, '../..');
const KINDS = ['CommonJS', 'ES module'] as const;

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

/** As strict as those may be who install it, and without the types of Node for what comes with the package. */
const TYPES = {
  compilerOptions: {
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    module: 'node16',
    strict: true,
    exactOptionalPropertyTypes: true,
    noPropertyAccessFromIndexSignature: true,
    skipLibCheck: false,
    skipDefaultLibCheck: true,
    noEmit: true,
    types: [],
  },
  include: ['*.mts', '*.cts'],
};

/** What TypeScript says of a source that imports the package as either kind of module, and of the example of its README. */
const problemsOf = (packed: Packed, source: string, around: string): string => {
  const { empty } = packed.install();
  const example = /```ts\n(.*?)```/s.exec(packed.text('README.md'))?.[1] ?? 'no example';
  for (const file of ['typed.mts', 'typed.cts']) writeFileSync(join(empty, file), source);
  writeFileSync(join(empty, 'example.mts'), `${around}\n${example}`);
  writeFileSync(join(empty, 'tsconfig.json'), JSON.stringify(TYPES));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  const done = spawnSync(process.execPath, [tsc, '--project', empty], { encoding: 'utf8' });
  return done.stdout + done.stderr;
};

interface Program {
  readonly node: string;
  readonly names: string;
  readonly body: string;
}
/** What a program prints, which imports the package from an empty folder as either kind of module. */
const printed = (packed: Packed, { node, names, body }: Program): Record<string, unknown> => {
  const { empty, installed } = packed.install();
  const [name = ''] = installed;
  expect(installed).toHaveLength(1);
  writeFileSync(join(empty, 'main.cjs'), `const { ${names} } = require('${name}');\n${body}`);
  writeFileSync(join(empty, 'main.mjs'), `import { ${names} } from '${name}';\n${body}`);
  const outcomes = ['main.cjs', 'main.mjs'].map((file) => {
    const { stdout, stderr } = spawnSync(node, [file], { cwd: empty, encoding: 'utf8' });
    return stderr === '' ? (JSON.parse(stdout) as unknown) : stderr;
  });
  return Object.fromEntries(KINDS.map((kind, at) => [kind, outcomes[at]]));
};
const both = (value: unknown) => Object.fromEntries(KINDS.map((kind) => [kind, value]));

describe.each([
  { name: 'contracts', others: ['asyncapi.yaml'], unresolved: ['--exclude-entrypoints', 'asyncapi.yaml'] },
  { name: 'client', others: [], unresolved: [] },
])('the package $name', ({ name, others, unresolved }) => {
  let packed: Packed;
  beforeAll(() => {
    packed = new Packed(join(ROOT, 'dist/packages', name), temporary);
  });

  it('has modules of both kinds, no dependency, and a changelog of its version', () => {
    const files = packed.files().filter((file) => !/^(schemas|types)\//.test(file));
    const wanted = ['CHANGELOG.md', 'README.md', 'index.cjs', 'index.mjs', 'package.json', ...others];
    expect(files).toEqual(wanted.toSorted());
    const manifest = JSON.parse(packed.text('package.json')) as object;
    expect(Object.keys(manifest).filter((field) => /dependencies/i.test(field))).toEqual([]);
    expect(packed.text('CHANGELOG.md')).toContain(`\n## ${packed.version}\n`);
  });

  it('has no fault that publint knows', () => {
    expect(packed.publint()).toEqual({ status: 0, said: expect.stringContaining('All good!') as string });
  });

  it('has types that are right for each way to resolve modules', () => {
    const found = expect.stringContaining('No problems found') as string;
    expect(packed.areTheTypesWrong(...unresolved)).toEqual({ status: 0, said: found });
  });
});

describe('the package contracts', () => {
  let packed: Packed;
  beforeAll(() => {
    packed = new Packed(join(ROOT, 'dist/packages/contracts'), temporary);
  });

  it('has the schemas at the path of their ids', () => {
    for (const schema of [ALL_EVENT_SCHEMAS, ...Object.values(EVENT_SCHEMAS)])
      expect(JSON.parse(packed.text(schema.$id ?? ''))).toEqual(schema);
  });

  it('narrows the data of an event by its type', () => {
    const source = `import { parseEvent, type DriftDetectedData } from '@dialtone/contracts';
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
    const around =
      'declare const message: { readonly headers: Record<string, Uint8Array>; readonly value: Uint8Array };';
    expect(problemsOf(packed, source, around)).toBe('');
  });

  it.each(nodes(PATH))('installs into an empty folder and parses there on Node $version', ({ node }) => {
    const type = 'dialtone.drift.detected.v1';
    const body = `const data = ${JSON.stringify(EVENT_EXAMPLES[type])};
      const attributes = { specversion: '1.0', id: 'x', source: '/x', time: data.occurred_at, datacontenttype: 'application/json' };
      const event = { ...attributes, type: '${type}', dataschema: dataSchemaOf('${type}'), data };
      const told = [event, { ...event, type: '${type.replace('v1', 'v2')}' }, { ...event, data: {} }].map((one) => parseCloudEvent(one));
      console.log(JSON.stringify([Object.keys(TOPICS).length, ...told.map(({ kind, path = '' }) => kind + path)]));`;
    const names = 'dataSchemaOf, parseCloudEvent, TOPICS';
    expect(printed(packed, { node, names, body })).toEqual(
      both([Object.keys(TOPICS).length, 'known', 'unknown', 'brokendata.connection_id']),
    );
  });
});

describe('the package client', () => {
  let packed: Packed;
  beforeAll(() => {
    packed = new Packed(join(ROOT, 'dist/packages/client'), temporary);
  });

  it('knows what each operation takes and answers', () => {
    const source = `import { createClient, getBinding, type BindingDto } from '@dialtone/client';
      const client = createClient({ baseUrl: 'http://localhost' });
      void getBinding({ client, path: { key: '918011223344' } }).then(({ data, error }) => {
        const binding: BindingDto | undefined = data?.data;
        const code: string | undefined = error?.error.code;
        void [binding, code];
      });
      // @ts-expect-error: the key is missing
      void getBinding({ client });`;
    const around = 'declare const process: { readonly env: { readonly DIALTONE_API_KEY: string } };';
    expect(problemsOf(packed, source, around)).toBe('');
  });

  it.each(nodes(PATH))('installs into an empty folder and asks a gateway there on Node $version', ({ node }) => {
    const body = `import('node:http').then(({ createServer }) => {
        const server = createServer(({ method, url, headers }, answer) => {
          const refused = { success: false, error: { code: 'NOT_FOUND', message: [method, url, headers.authorization].join(' ') } };
          answer.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(refused));
        });
        server.listen(0, '127.0.0.1', async () => {
          const client = createClient({ baseUrl: 'http://127.0.0.1:' + server.address().port, auth: 'rg_live_x' });
          const { error, response } = await getBinding({ client, path: { key: '918011223344' } });
          console.log(JSON.stringify([response.status, error.error.message]));
          server.close();
          server.closeAllConnections();
        });
      });`;
    const asked = [404, 'GET /api/v2/voicelink/bindings/918011223344 Bearer rg_live_x'];
    expect(printed(packed, { node, names: 'createClient, getBinding', body })).toEqual(both(asked));
  });
});
