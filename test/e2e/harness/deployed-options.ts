import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const MANIFEST = resolve(__dirname, '../../../deploy/kubernetes/base/api-gateway.yaml');

/** The limits of memory under which the gateway runs in production. */
export const deployedOptions = (): string => {
  const [, options = ''] = /name: NODE_OPTIONS, value: ([^}]+?) }/.exec(readFileSync(MANIFEST, 'utf8')) ?? [];
  return options;
};
