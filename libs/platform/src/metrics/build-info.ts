import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Gauge, type Registry } from 'prom-client';

/** The sources lie less deep than what is built from them; the manifest stays where it is. */
const manifestAbove = (start: string): string => {
  const manifest = join(start, 'package.json');
  return existsSync(manifest) || dirname(start) === start ? manifest : manifestAbove(dirname(start));
};

const versionOf = (manifest: string): string => {
  try {
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version?: unknown };
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
};

/** `dialtone_build_info`: which build of which app runs. Always 1; the answer is in the labels. */
export const registerBuildInfo = (
  registry: Registry,
  { app, revision }: { readonly app: string; readonly revision: string },
): void => {
  new Gauge({
    name: 'dialtone_build_info',
    help: 'Which build runs; always 1',
    labelNames: ['app', 'version', 'revision', 'node_version'],
    registers: [registry],
  }).set({ app, version: versionOf(manifestAbove(__dirname)), revision, node_version: process.version }, 1);
};
