import { copyFile, cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PARTNER, pythonTools, ROOT, run } from './tools';

export interface Language {
  readonly name: string;
  /** Makes a client of `openapi.json` in the folder, and compiles or checks the partner's program with it. */
  readonly build: (folder: string) => Promise<void>;
  /** Runs the program, and answers what it prints. */
  readonly start: (folder: string, args: readonly string[]) => Promise<string>;
}

const NODE = process.execPath;
const HEY_API = join(ROOT, 'node_modules/@hey-api/openapi-ts/bin/run.js');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

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

/** @hey-api/openapi-ts. */
export const TYPESCRIPT: Language = {
  name: 'TypeScript',
  build: async (folder) => {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'partner', type: 'module' }));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    await copyFile(join(PARTNER, 'typescript/make-ready.ts'), join(folder, 'make-ready.ts'));
    await run(NODE, [HEY_API, '-i', 'openapi.json', '-o', 'client', '--no-log-file'], folder);
    await run(NODE, [TSC, '--project', folder], folder);
  },
  start: (folder, args) => run(NODE, [join(folder, 'built/make-ready.js'), ...args], folder),
};

/** openapi-python-client; mypy says whether the partner's program uses its types as they are. */
export const PYTHON: Language = {
  name: 'Python',
  build: async (folder) => {
    const tools = await pythonTools();
    await cp(join(PARTNER, 'python'), folder, { recursive: true });
    const output = ['--meta', 'none', '--output-path', 'dialtone_client'];
    const options = ['--path', 'openapi.json', '--config', 'generator.yml', '--fail-on-warning', ...output];
    await run(join(tools, 'openapi-python-client'), ['generate', ...options], folder);
    await run(join(tools, 'mypy'), ['--strict', '--follow-imports', 'silent', 'make_ready.py'], folder);
  },
  start: async (folder, args) => run(join(await pythonTools(), 'python'), ['make_ready.py', ...args], folder),
};

/** oapi-codegen, at the version of the partner's go.mod. Modules and what is compiled are kept where Go keeps them. */
export const GO: Language = {
  name: 'Go',
  build: async (folder) => {
    await cp(join(PARTNER, 'go'), folder, { recursive: true });
    await mkdir(join(folder, 'dialtone'));
    const options = ['-generate', 'types,client', '-package', 'dialtone', '-o', 'dialtone/client.gen.go'];
    await run('go', ['tool', 'oapi-codegen', ...options, 'openapi.json'], folder);
    await run('go', ['build', '-o', 'built', '.'], folder);
  },
  start: (folder, args) => run(join(folder, 'built'), args, folder),
};
