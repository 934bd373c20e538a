import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@dialtone/messaging/testing';
import { pythonTools, ROOT, run } from '../generated-client/tools';
import { BLOCKS } from './page';

type Texts = Readonly<Record<string, string>>;

const CONTRACTS = join(ROOT, 'libs/contracts/src/published.ts');
const PYTHON = join(ROOT, 'docs/events/consumers/python/requirements.txt');

/** As strict as those may be who copy from the page. */
const TYPES = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2024'],
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    noPropertyAccessFromIndexSignature: true,
    noUncheckedIndexedAccess: true,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    paths: { '@dialtone/contracts': [CONTRACTS] },
  },
  include: ['*.ts'],
};
const DECORATORS = '--tsconfig-raw={"compilerOptions":{"experimentalDecorators":true}}';

/** A program that runs. */
export class Program {
  private printed = '';
  private complained = '';
  private hasEnded = false;

  constructor(
    private readonly name: string,
    private readonly child: ChildProcess,
  ) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.complained += text));
    child.once('close', () => (this.hasEnded = true));
  }

  /** Lines that it has printed. */
  get lines(): readonly string[] {
    return this.printed.split('\n').slice(0, -1);
  }

  /** Rejects with what the program has said when it ends before, or takes a minute. */
  async until(isTrue: () => boolean): Promise<void> {
    const isOver = (): boolean => isTrue() || this.hasEnded;
    await eventually('', isOver).catch(() => undefined);
    if (!isTrue()) throw new Error(`${this.name} has not done it: ${this.printed}${this.complained}`);
  }

  /** As an orchestrator does. */
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await closed;
  }
}

/** The page's programs and commands, in a folder like that of one who has copied them. */
export class Programs {
  private readonly running: Program[] = [];

  private constructor(
    private readonly outer: string,
    private readonly folder: string,
    private readonly python: string,
  ) {}

  /** Of their texts only what `instead` names is another one: names of topics on a broker that other tests use. */
  static async copied(instead: Texts = {}): Promise<Programs> {
    const outer = await mkdtemp(join(tmpdir(), 'dialtone-consuming-'));
    const folder = join(outer, 'desk');
    await mkdir(folder);
    await symlink(join(ROOT, 'node_modules'), join(outer, 'node_modules'));
    for (const { name, text } of BLOCKS) await writeFile(join(folder, name), replaced(text, instead));
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(TYPES));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const esbuild = (...args: readonly string[]): Promise<string> =>
      run(join(ROOT, 'node_modules/esbuild/bin/esbuild'), [...args, '--format=esm', '--log-level=warning'], folder);
    const sources = BLOCKS.map(({ name }) => name).filter((name) => name.endsWith('.ts'));
    await esbuild(...sources, '--outdir=.', DECORATORS);
    await esbuild(CONTRACTS, '--bundle', '--outfile=node_modules/@dialtone/contracts/index.js');
    return new Programs(outer, folder, join(await pythonTools(PYTHON), 'python'));
  }

  /** What the compiler says of those in TypeScript; rejects with it when it is not content. */
  compiled(): Promise<string> {
    return run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--project', '.'], this.folder);
  }

  /** `settings` are its environment, beside that of the test. */
  start(name: string, settings: Texts): Program {
    const command = name.endsWith('.py') ? [this.python, name] : [process.execPath, name.replace(/[.]ts$/, '.js')];
    const child = spawn('env', [...inEnvironment(settings), ...command], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const program = new Program(name, child);
    this.running.push(program);
    return program;
  }

  /** What a command prints until it ends. */
  printed(name: string, settings: Texts, instead: Texts = {}): Promise<string> {
    const text = BLOCKS.find((block) => block.name === name)?.text ?? '';
    return run('env', [...inEnvironment(settings), 'bash', '-c', replaced(text, instead)], this.folder);
  }

  async end(): Promise<void> {
    for (const program of this.running) await program.stop();
    await rm(this.outer, { recursive: true, force: true });
  }
}

const replaced = (text: string, instead: Texts): string =>
  Object.entries(instead).reduce((changed, [one, other]) => changed.replaceAll(one, other), text);

const inEnvironment = (settings: Texts): readonly string[] =>
  Object.entries(settings).map(([variable, value]) => `${variable}=${value}`);
