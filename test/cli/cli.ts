import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** What is published: `npm run build` makes it. */
export const BUNDLE = resolve(__dirname, '../../dist/packages/cli/dialtone.js');

export interface Ran {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ended: Promise<Ran>;
  /** What it has said so far. */
  readonly stderr: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
}

/** The command line as others have it, with nothing but this environment. */
export class Cli {
  constructor(private readonly env: Readonly<Record<string, string>>) {}

  start(args: readonly string[], stdin = ''): Running {
    const child = spawn(process.execPath, [BUNDLE, ...args], { env: this.env, stdio: ['pipe', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    child.stdin.on('error', () => undefined).end(stdin);
    const ended = new Promise<Ran>((settle, fail) => {
      child.once('error', fail);
      child.once('close', (code) => {
        settle({ code, stdout, stderr });
      });
    });
    return { ended, stderr: () => stderr, signal: (signal) => child.kill(signal) };
  }

  run(args: readonly string[], stdin = ''): Promise<Ran> {
    return this.start(args, stdin).ended;
  }
}
