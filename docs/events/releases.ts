import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractsSnapshot } from './contracts-snapshot';

const numbersOf = (version: string): readonly number[] => version.split('.').map(Number);

/** As of semantic versioning, without pre-releases: negative when `a` is the earlier one. */
export const compareVersions = (a: string, b: string): number => {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const differing = left.findIndex((part, at) => part !== right[at]);
  return differing < 0 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
};

/** Of the lib of the contracts: its version, its changelog, and its last release. */
export interface Releases {
  readonly version: string;
  readonly changelog: string;
  readonly last: ContractsSnapshot;
}

export const readReleases = (lib: string): Releases => {
  const text = (name: string): string => readFileSync(join(lib, name), 'utf8');
  const { version } = JSON.parse(text('package/package.json')) as { readonly version: string };
  const released = readdirSync(join(lib, 'released')).map((name) => name.replace(/[.]json$/, ''));
  const [last = version] = released.toSorted(compareVersions).reverse();
  return {
    version,
    changelog: text('package/CHANGELOG.md'),
    last: JSON.parse(text(`released/${last}.json`)) as ContractsSnapshot,
  };
};
