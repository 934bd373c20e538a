import { Gauge, type Registry } from 'prom-client';
import { appVersion } from '../app-version';

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
  }).set({ app, version: appVersion(), revision, node_version: process.version }, 1);
};
