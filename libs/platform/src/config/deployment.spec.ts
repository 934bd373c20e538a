import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { parseAllDocuments } from 'yaml';
import { HealthRegistry, operationsModule } from '../health';
import { createRegistry } from '../metrics';
import { readVariables, type VariableSet } from './variable';
import { adminVariables, gatewayVariables, reconcilerVariables } from './variables';

const ROOT = resolve(__dirname, '../../../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Only what is looked at here; a manifest that lacks it fails by that. */
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly template: { readonly spec: PodSpec };
    readonly ports: readonly { readonly targetPort: string }[];
    readonly selector: Readonly<Record<string, string>>;
    readonly scaleTargetRef: { readonly name: string };
  };
  readonly configMapGenerator: readonly { readonly name: string; readonly literals: readonly string[] }[];
}
interface PodSpec {
  readonly terminationGracePeriodSeconds?: number;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}
interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}
interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly EnvVar[];
  readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly resources: { readonly requests: object; readonly limits: { readonly memory: string } };
  readonly securityContext: Readonly<Record<string, unknown>>;
}

const manifests = (file: string): readonly Manifest[] =>
  // Without merge keys a `<<` would be an ordinary one.
  parseAllDocuments(read(file), { merge: true }).map((document) => document.toJS() as Manifest);

const KUBERNETES = 'deploy/kubernetes';
const base = readdirSync(join(ROOT, KUBERNETES, 'base'))
  .filter((file) => file !== 'kustomization.yaml')
  .flatMap((file) => manifests(join(KUBERNETES, 'base', file)));
const named = (kind: string, name: string): Manifest => {
  const found = base.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
  return found;
};

const VARIABLES: Readonly<Record<string, VariableSet>> = {
  'api-gateway': gatewayVariables,
  reconciler: reconcilerVariables,
  admin: adminVariables,
};
const variablesOf = (app: string): VariableSet => {
  const variables = VARIABLES[app];
  if (variables === undefined) throw new Error(`${app} has no configuration.`);
  return variables;
};
const namesOf = (variables: VariableSet): readonly string[] => Object.values(variables).map(({ name }) => name);
const ALL_NAMES = new Set(Object.values(VARIABLES).flatMap(namesOf));

/** Values that are given at deployment; any that the configuration takes. */
const SECRETS: Readonly<Record<string, string>> = {
  DATABASE_URL: 'postgresql://u:p@db:5432/d',
  MIGRATION_DATABASE_URL: 'postgresql://o:p@db:5432/d',
  API_KEY_PEPPER: Buffer.alloc(32, 1).toString('base64'),
  CREDENTIALS_KEYS: `k1:${Buffer.alloc(32, 2).toString('base64')}`,
};

/** What only the Job of the migrations may log in with. */
const OF_MIGRATIONS = 'MIGRATION_DATABASE_URL';

/** Read by Node itself. */
const OF_NODE = 'NODE_OPTIONS';

/** Every variable is known to some app, and the app starts with them. */
const expectStartable = (app: string, env: Readonly<Record<string, string>>): void => {
  expect(Object.keys(env).filter((name) => name !== OF_NODE && !ALL_NAMES.has(name))).toEqual([]);
  expect(() => readVariables(variablesOf(app), env)).not.toThrow();
};

const literalsOf = (file: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    manifests(file).flatMap(({ configMapGenerator }) =>
      configMapGenerator.flatMap(({ literals }) =>
        literals.map((literal) => [literal.slice(0, literal.indexOf('=')), literal.slice(literal.indexOf('=') + 1)]),
      ),
    ),
  );

const entryPoint = read('deploy/entrypoint.sh');

describe.each([
  ['Deployment', 'api-gateway', 'api-gateway'],
  ['Deployment', 'reconciler', 'reconciler'],
  ['Job', 'dialtone-migrate', 'admin'],
])('the %s %s', (kind, name, app) => {
  const pod = named(kind, name).spec.template.spec;
  const containers = [...(pod.initContainers ?? []), ...pod.containers];

  it('runs apps that the image has', () => {
    for (const { args, image } of containers) {
      expect(image).toBe('dialtone');
      expect(entryPoint).toMatch(new RegExp(`^ {2}[a-z| -]*\\b${args[0] ?? 'none'}\\b[a-z| -]*\\) app=\\$1`, 'm'));
      expect(read(`apps/${args[0] ?? 'none'}/src/main.ts`)).toContain('runMain');
    }
    expect(pod.containers[0]?.args[0]).toBe(app);
  });

  it.each(['base', 'overlays/production'])('gives each what it needs to start, with the settings of %s', (folder) => {
    const settings = {
      ...literalsOf(`${KUBERNETES}/base/kustomization.yaml`),
      ...literalsOf(`${KUBERNETES}/${folder}/kustomization.yaml`),
    };
    for (const { args, env, envFrom } of containers) {
      expect(envFrom).toEqual([{ configMapRef: { name: 'dialtone' } }]);
      const given = env.map(({ name: variable, value, valueFrom }) => [
        variable,
        value ?? SECRETS[valueFrom?.secretKeyRef.key ?? ''] ?? '',
      ]);
      expectStartable(args[0] ?? '', { ...settings, ...(Object.fromEntries(given) as Record<string, string>) });
    }
  });

  it('names secrets and never holds one', () => {
    const needed = Object.keys(SECRETS).filter((variable) => kind === 'Job' || variable !== OF_MIGRATIONS);
    for (const { env } of containers) {
      const secret = env.filter(({ name: variable }) => variable in SECRETS);
      expect(secret.map(({ name: variable }) => variable).sort()).toEqual([...needed].sort());
      for (const { name: variable, valueFrom } of secret) {
        const held = variable === OF_MIGRATIONS ? 'dialtone-migrate' : 'dialtone';
        expect(valueFrom).toEqual({ secretKeyRef: { name: held, key: variable } });
      }
    }
  });

  it('may do nothing that it need not do', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const { securityContext, resources } of containers) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(resources.requests).toMatchObject({
        cpu: expect.any(String) as string,
        memory: expect.any(String) as string,
      });
      expect(resources.limits.memory).toMatch(/^\d+Mi$/);
    }
  });
});

describe.each(['api-gateway', 'reconciler'])('what is sent to %s', (app) => {
  const [container] = named('Deployment', app).spec.template.spec.containers;
  const ports = new Map(container?.ports?.map(({ name, containerPort }) => [name, containerPort]));
  const given = (variable: string): number => Number(container?.env.find(({ name }) => name === variable)?.value);

  it('goes to ports that it listens on', () => {
    expect(ports.get('metrics')).toBe(given('METRICS_PORT'));
    if (ports.has('http')) expect(ports.get('http')).toBe(given('PORT'));
    const service = named('Service', app).spec;
    expect(service.selector).toEqual({ 'app.kubernetes.io/name': app });
    for (const { targetPort } of service.ports) expect(ports.has(targetPort)).toBe(true);
    const shown = /^EXPOSE (.+)$/m.exec(read('deploy/Dockerfile'))?.[1]?.split(' ').map(Number);
    for (const port of ports.values()) expect(shown).toContain(port);
  });

  it('reaches metrics and health from outside of the pod', () => {
    expect(container?.env.find(({ name }) => name === 'METRICS_HOST')?.value).toBe('0.0.0.0');
  });

  it('asks for routes of the operations port', async () => {
    @Module({ imports: [operationsModule({ health: new HealthRegistry(), metrics: createRegistry() })] })
    class App {}
    const served = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { logger: false });
    await served.init();
    const probes = [container?.startupProbe, container?.livenessProbe, container?.readinessProbe];
    expect(probes.map((probe) => probe?.httpGet)).toEqual([
      { path: '/livez', port: 'metrics' },
      { path: '/livez', port: 'metrics' },
      { path: '/readyz', port: 'metrics' },
    ]);
    for (const probe of probes) expect((await served.inject(probe?.httpGet.path ?? '/none')).statusCode).toBe(200);
    await served.close();
  });
});

describe('the page about the configuration', () => {
  it('lists every variable, with the apps that read it', () => {
    const rows = [
      ...read('docs/operations/configuration.md').matchAll(/^\| `([A-Z_]+)` +\| +(✓?) +\| +(✓?) +\| +(✓?) +\|/gm),
    ];
    const apps = [gatewayVariables, reconcilerVariables, adminVariables].map(
      (variables) => new Set(namesOf(variables)),
    );
    const listed = rows.map(([, name = '', ...marks]) => [name, marks.map((mark) => mark !== '')] as const);
    const wanted = [...ALL_NAMES].map((name) => [name, apps.map((names) => names.has(name))] as const);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(wanted));
  });
});
