import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { parseAllDocuments } from 'yaml';

const KUBERNETES = resolve(__dirname, '../../deploy/kubernetes');
const OVERLAY = join(KUBERNETES, 'overlays/production');

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

const schemas = JSON.parse(readFileSync(join(KUBERNETES, 'schemas/strict.json'), 'utf8')) as Readonly<
  Record<string, object>
>;
const ajv = new Ajv({ strict: false });
const validators = new Map<string, ValidateFunction>();
/** Compiled when it is asked for: one takes longer than all the checks. */
const validatorOf = (name: string): ValidateFunction | undefined => {
  const schema = schemas[name];
  if (schema !== undefined && !validators.has(name)) validators.set(name, ajv.compile(schema));
  return validators.get(name);
};

/** What is wrong with a manifest, as paths with a sentence each. */
const faultsOf = (manifest: Manifest): readonly string[] => {
  const kind = `${manifest.apiVersion}/${manifest.kind}`;
  const validate = validatorOf(kind);
  if (validate === undefined) return [`there is no schema of ${kind}`];
  if (validate(manifest)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
  );
};

const manifestsIn = (text: string): readonly Manifest[] =>
  // Without merge keys a `<<` would be an ordinary one.
  parseAllDocuments(text, { merge: true }).map((document) => document.toJS() as Manifest);

const FOLDERS = ['base', 'components/prometheus-operator', 'components/drift-notifier'];
/** Examples of kinds that are not ours are left out: their operators have the schemas. */
const FOREIGN = 'external-secrets.yaml';
const written = [...FOLDERS, 'examples'].flatMap((folder) =>
  readdirSync(join(KUBERNETES, folder))
    .filter((file) => file.endsWith('.yaml') && ![FOREIGN, 'kustomization.yaml'].includes(file))
    .flatMap((file) => manifestsIn(readFileSync(join(KUBERNETES, folder, file), 'utf8')))
    .map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const),
);

describe('manifests', () => {
  it.each(written)('%s has what its kind has, and nothing else', (_, manifest) => {
    expect(faultsOf(manifest)).toEqual([]);
  });

  it('are refused for a word that is misspelt', () => {
    const deployment = written.find(([name]) => name === 'Deployment api-gateway')?.[1];
    const misspelt = JSON.parse(JSON.stringify(deployment).replace('minReadySeconds', 'minReadySecond')) as Manifest;
    expect(faultsOf(misspelt)).toEqual([expect.stringContaining('minReadySecond')]);
    const wrong = JSON.parse(
      JSON.stringify(deployment).replace('"containerPort":3000', '"containerPort":"web"'),
    ) as Manifest;
    expect(faultsOf(wrong)).toEqual([expect.stringContaining('containerPort')]);
  });

  it('are the same after kustomize has put the example overlay together', () => {
    const { status, stdout, stderr, error } = spawnSync('kubectl', ['kustomize', OVERLAY], { encoding: 'utf8' });
    if (error !== undefined) {
      process.stdout.write('The overlay of Kubernetes was not checked: this machine has no kubectl.\n');
      return;
    }
    expect([status, stderr]).toEqual([0, '']);
    const rendered = manifestsIn(stdout);
    expect(rendered.length).toBeGreaterThanOrEqual(written.length - 1);
    expect(rendered.flatMap((manifest) => faultsOf(manifest))).toEqual([]);
    const dashboards = readdirSync(join(KUBERNETES, '../grafana/dashboards')).map((file) => file.replace('.json', ''));
    const mapped = rendered.filter(({ metadata }) => metadata.labels?.['grafana_dashboard'] === '1');
    expect(mapped.map(({ metadata }) => metadata.name)).toEqual(dashboards.map((name) => `dialtone-dashboard-${name}`));
    const monitored = rendered.filter(({ apiVersion }) => apiVersion.startsWith('monitoring.coreos.com/'));
    for (const { metadata } of monitored) expect(metadata.labels).toMatchObject({ release: 'kube-prometheus-stack' });
    expect(rendered.filter(({ kind }) => kind === 'Job').map(({ metadata }) => metadata.name)).toEqual([
      'dialtone-migrate-0.1.0',
    ]);
  });
});
