import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { adminConfig, gatewayConfig, reconcilerConfig, type Environment } from '@dialtone/platform';
import { parse } from 'yaml';
import { parseReceivers } from '../../apps/drift-notifier/src/settings/receivers';
import { readSettings, SETTING_NAMES } from '../../apps/drift-notifier/src/settings/settings';

const ROOT = resolve(__dirname, '../..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface ComposeService {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string | number>>;
  readonly volumes: readonly string[];
  readonly ports: readonly string[];
  readonly depends_on: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}
const { services, volumes } = parse(read('docker-compose.yml'), { merge: true }) as {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, null>>;
};
const serviceNamed = (name: string): ComposeService => {
  const found = services[name];
  if (found === undefined) throw new Error(`There is no service ${name}.`);
  return found;
};
/** In our image, and another team's in all else: its own settings, database and role. */
const NOTIFIER = 'drift-notifier';
const ours = Object.entries(services).filter(([name, { image }]) => image === 'dialtone' && name !== NOTIFIER);

const OF_MIGRATIONS = 'MIGRATION_DATABASE_URL';
const CONFIGURATIONS: Readonly<Record<string, (env: Environment) => unknown>> = {
  'api-gateway': gatewayConfig,
  reconciler: reconcilerConfig,
  admin: adminConfig,
};
/** Variables of the apps by name, as their page lists them. */
const documented = new Set(
  [...read('docs/operations/configuration.md').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name),
);

/** What the service `secrets` makes, and its volume has in each container. */
const MADE: Environment = {
  API_KEY_PEPPER: Buffer.alloc(32, 1).toString('base64'),
  CREDENTIALS_KEYS: `k1:${Buffer.alloc(32, 2).toString('base64')}`,
};

/** The environment on a machine that sets nothing: `${NAME:-default}` as compose fills it in, and files that are there. */
const environmentOf = ({ environment, volumes: mounts }: ComposeService): Environment => {
  const env: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(environment)) {
    const variable = name.replace(/_FILE$/, '');
    const text = String(value).replaceAll(/\$\{\w+:-([^}]*)\}/g, (_, fallback: string) => fallback);
    if (name === variable) env[name] = text;
    else if (mounts.includes('secrets:/var/lib/dialtone:ro') && text === `/var/lib/dialtone/${variable}`)
      env[variable] = MADE[variable];
  }
  return env;
};

describe('docker-compose.yml', () => {
  it('has the pages that alerts lead to where Prometheus says, and in the image', () => {
    const { global } = parse(read('deploy/prometheus/prometheus.yml')) as {
      readonly global: { readonly external_labels: { readonly dialtone_docs: string } };
    };
    const docs = new URL(global.external_labels.dialtone_docs);
    const { environment, ports } = serviceNamed('api-gateway');
    expect([docs.hostname, docs.pathname]).toEqual(['127.0.0.1', '/docs']);
    expect(ports).toContain(`127.0.0.1:${docs.port}:${String(environment['METRICS_PORT'])}`);
    expect(read('deploy/Dockerfile')).toContain('\nCOPY docs/operations ./docs/operations\n');
  });

  it('gives each app what it needs to start', () => {
    expect(ours.map(([name]) => name)).toEqual(
      expect.arrayContaining(['api-gateway', 'reconciler', 'migrate', 'topics']),
    );
    for (const [name, service] of ours.filter(([, one]) => !one.command[0]?.endsWith('-simulator'))) {
      const env = environmentOf(service);
      expect([name, Object.keys(env).filter((variable) => !documented.has(variable))]).toEqual([name, []]);
      // It makes what the others read, and reads nothing.
      if (name !== 'secrets') expect(() => CONFIGURATIONS[service.command[0] ?? '']?.(env)).not.toThrow();
    }
  });

  it('needs nothing from its user, and makes secrets once, before all that read them', () => {
    expect(read('docker-compose.yml')).not.toContain(':?');
    expect(serviceNamed('secrets')).toMatchObject({
      command: ['admin', 'make-secrets', '/var/lib/dialtone'],
      volumes: ['secrets:/var/lib/dialtone'],
    });
    expect(volumes).toHaveProperty('secrets');
    const waits = (name: string): boolean =>
      Object.entries(services[name]?.depends_on ?? {}).some(([other, { condition }]) =>
        condition === 'service_completed_successfully' ? other === 'secrets' || waits(other) : false,
      );
    for (const name of ['migrate', 'topics', 'api-gateway', 'reconciler'])
      expect([name, waits(name)]).toEqual([name, true]);
  });

  it('lets migrations and processes log in as the roles that it makes', () => {
    const roles = services['roles']?.command.join('\n') ?? '';
    const loginOf = (url: unknown): readonly string[] => {
      const { username, password } = new URL(String(url));
      return [username, roles.includes(`alter role ${username} password '${password}'`) ? 'made' : 'not made'];
    };
    for (const [name, { environment }] of ours) {
      expect([name, loginOf(environment['DATABASE_URL'])]).toEqual([name, ['dialtone_app', 'made']]);
      if (name === 'migrate') expect(loginOf(environment[OF_MIGRATIONS])).toEqual(['dialtone_owner', 'made']);
      else expect(environment).not.toHaveProperty(OF_MIGRATIONS);
    }
    expect(
      read('deploy/database/roles.sql')
        .match(/^ {4}create role \w+/gm)
        ?.map((line) => line.slice(16)),
    ).toEqual(['dialtone_owner', 'dialtone_app']);
  });

  it('gives the drift notifier a database of its own, the file of its example, and nothing else', () => {
    const { environment, volumes: mounts } = serviceNamed(NOTIFIER);
    const [mount = ''] = mounts;
    const [, source = '', target] = /:-([^}]+)\}:([^:]+):ro$/.exec(mount) ?? [];
    expect([mounts.length, target]).toEqual([1, environment['RECEIVERS_FILE']]);
    expect(() => parseReceivers(read(source))).not.toThrow();
    const env = Object.entries(environment).map(([name, value]) => [name, String(value).replace(/\$.*/, 'info')]);
    expect(readSettings(Object.fromEntries(env) as Environment)).toMatchObject({ METRICS_PORT: 9_466 });
    expect(Object.keys(environment).filter((name) => !SETTING_NAMES.includes(name))).toEqual([]);
    const { username, password, pathname } = new URL(String(environment['DATABASE_URL']));
    const made = serviceNamed(`${NOTIFIER}-database`);
    expect(made.command).toContain(`--command=alter role ${username} password '${password}'`);
    expect(made.volumes).toEqual(['./apps/drift-notifier/database.sql:/database.sql:ro']);
    const sql = read('apps/drift-notifier/database.sql');
    expect(sql).toContain(`create database ${pathname.slice(1)} owner ${username}`);
  });

  it('asks for health where the app serves it', () => {
    for (const app of ['api-gateway', 'reconciler', NOTIFIER]) {
      const { environment, healthcheck } = services[app] ?? {};
      const port = String(environment?.['METRICS_PORT']);
      expect(healthcheck?.test.join(' ')).toContain(`fetch('http://127.0.0.1:${port}/readyz')`);
    }
  });

  it('lets Prometheus find the metrics', () => {
    const { scrape_configs: jobs } = parse(read('deploy/prometheus/prometheus.yml')) as {
      readonly scrape_configs: readonly {
        readonly job_name: string;
        readonly dns_sd_configs: readonly { readonly names: readonly string[]; readonly port: number }[];
      }[];
    };
    const found = jobs.map(({ job_name: job, dns_sd_configs: [target] }) => {
      const name = target?.names[0] ?? '';
      return [job, name, target?.port === services[name]?.environment['METRICS_PORT']];
    });
    expect(found).toEqual([
      ['dialtone-gateway', 'api-gateway', true],
      ['dialtone-reconciler', 'reconciler', true],
      ['dialtone-drift-notifier', 'drift-notifier', true],
    ]);
  });
});

describe('the image', () => {
  /** The paths that a build sees: all are ignored but those that .dockerignore takes back. */
  const [everything, ...kept] = read('.dockerignore').trim().split('\n');
  const isSeen = (path: string): boolean =>
    kept.some((line) => {
      const seen = line.slice(1);
      return path === seen || path.startsWith(`${seen}/`) || new RegExp(`^${seen.replaceAll('*', '.*')}$`).test(path);
    });
  const copied = [...read('deploy/Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = '']) =>
    sources.split(' '),
  );

  it('is built from files that its build sees', () => {
    expect(everything).toBe('*');
    expect(kept.filter((line) => !line.startsWith('!'))).toEqual([]);
    expect(copied).toContain('deploy/entrypoint.sh');
    expect(copied.map((path) => path.replace('./', '')).filter((path) => !isSeen(path))).toEqual([]);
  });
});
