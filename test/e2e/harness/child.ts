import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export type AppName = 'api-gateway' | 'reconciler' | 'voicelink-simulator' | 'admin';

export interface Ending {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const FLAGS = [
  '--enable-source-maps',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=TimeoutNegativeWarning',
];
/** What V8 has compiled of an app serves its next start, which takes a quarter less of the processor. */
const COMPILED = resolve(__dirname, '../../../node_modules/.cache/compiled');
const mainOf = (app: AppName): string => resolve(__dirname, '../../../dist/apps', app, 'src/main.js');

/**
 * The shell reads until the kernel closes its standard input, which happens however this test process dies, and then kills
 * the child.
 */
const GUARD = 'while read -r _; do :; done; kill -9 "$0"';

/** One app as deployed: a process of the built code, with only the given environment and a cache of compiled code. */
export class Child {
  readonly pid: number;
  /** Never rejects. */
  readonly ended: Promise<Ending>;
  private readonly process;
  private text = '';
  private stdoutText = '';
  private isEnded = false;

  constructor(
    readonly name: string,
    app: AppName,
    launch: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> },
  ) {
    const { args = [], env = {} } = launch;
    this.process = spawn(process.execPath, [...FLAGS, mainOf(app), ...args], {
      env: { NODE_COMPILE_CACHE: COMPILED, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (this.process.pid === undefined) throw new Error(`${name} could not be started.`);
    this.pid = this.process.pid;
    this.process.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
      this.stdoutText += chunk;
    });
    this.process.stderr.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk));
    const guard = spawn('/bin/sh', ['-c', GUARD, String(this.pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.ended = new Promise((settle) => {
      // `close` comes after the last output, `exit` before it.
      this.process.once('close', (code, signal) => {
        this.isEnded = true;
        guard.kill('SIGKILL');
        settle({ code, signal });
      });
    });
  }

  /** Everything it has written to standard output and standard error. */
  get output(): string {
    return this.text;
  }

  get stdout(): string {
    return this.stdoutText;
  }

  get running(): boolean {
    return !this.isEnded;
  }

  /** Without successful requests: the polling of a test would push everything else out. */
  lastLines(count = 15): string {
    const lines = this.text.trimEnd().split('\n');
    return lines
      .filter((line) => !/"status":[23]\d\d.*"msg":"request"/.test(line))
      .slice(-count)
      .join('\n');
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.isEnded) this.process.kill(signal);
  }

  /** SIGKILL: nothing of it runs any more when this resolves. */
  async kill9(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** SIGTERM; resolves to how it ended and how long that took. */
  async stop(): Promise<Ending & { readonly ms: number }> {
    const asked = Date.now();
    this.signal('SIGTERM');
    const ending = await this.ended;
    return { ...ending, ms: Date.now() - asked };
  }
}

/** Runs a command of the admin app to its end. */
export const runAdmin = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Ending & { readonly stdout: string; readonly output: string }> => {
  const child = new Child(`admin ${args[0] ?? ''}`, 'admin', { args, env });
  const ending = await child.ended;
  return { ...ending, stdout: child.stdout, output: child.output };
};
