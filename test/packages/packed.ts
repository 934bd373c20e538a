import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** What a checker of packages prints, and its exit code: null when a signal ended it. */
export interface Checked {
  readonly status: number | null;
  readonly said: string;
}

/** A package as it would be published, for those who install it. */
export class Packed {
  readonly version: string;
  private readonly tarball: string;

  /** Packs `folder` of `dist/packages`; the file and what is installed go to `temporary`. */
  constructor(
    private readonly folder: string,
    private readonly temporary: string,
  ) {
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', folder, '--json', '--silent', '--pack-destination', temporary], {
        encoding: 'utf8',
      }),
    ) as { readonly filename: string }[];
    this.tarball = join(temporary, packed?.filename.replace('@', '').replace('/', '-') ?? '');
    this.version = (JSON.parse(this.text('package.json')) as { readonly version: string }).version;
  }

  /** Of a file in the package. */
  text(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** Paths in the package, sorted. */
  files(): readonly string[] {
    const paths = execFileSync('tar', ['-tzf', this.tarball], { encoding: 'utf8' }).trim().split('\n');
    return paths.map((path) => path.replace(/^package\//, '')).toSorted();
  }

  /** A new folder with this package, and the names of all that was installed there. */
  install(): { readonly empty: string; readonly installed: readonly string[] } {
    const empty = mkdtempSync(join(this.temporary, 'empty-'));
    const install = ['install', '--offline', '--no-audit', '--no-fund', this.tarball];
    execFileSync('npm', install, { cwd: empty, stdio: 'pipe' });
    const scopes = readdirSync(join(empty, 'node_modules')).filter((name) => !name.startsWith('.'));
    const installed = scopes.flatMap((scope) =>
      scope.startsWith('@') ? readdirSync(join(empty, 'node_modules', scope)).map((name) => `${scope}/${name}`) : scope,
    );
    return { empty, installed };
  }

  publint(): Checked {
    return check(['publint/src/cli.js', '--strict', this.folder]);
  }

  /** Whether the types are those of what is imported, for each way that TypeScript resolves modules. */
  areTheTypesWrong(...options: readonly string[]): Checked {
    return check(['@arethetypeswrong/cli/dist/index.js', this.tarball, '--no-color', ...options]);
  }
}

const check = ([script = '', ...args]: readonly string[]): Checked => {
  const done = spawnSync(process.execPath, [join(ROOT, 'node_modules', script), ...args], { encoding: 'utf8' });
  return { status: done.status, said: done.stdout + done.stderr };
};
