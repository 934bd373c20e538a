import { appVersion } from '../app-version';
import { gatewayConfig, reconcilerConfig } from './apps';
import { tracingSettings } from './tracing-settings';
import type { Environment } from './variable';

const KEY = Buffer.alloc(32, 1).toString('base64');
const NEEDED = {
  DATABASE_URL: 'postgres://u:p@127.0.0.1/d',
  API_KEY_PEPPER: KEY,
  CREDENTIALS_KEYS: `k1:${KEY}`,
  BUILD_REVISION: 'r1',
};
const settings = (env: Environment): ReturnType<typeof tracingSettings> =>
  tracingSettings(gatewayConfig({ ...NEEDED, ...env }), 'api-gateway');
const ON = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };

describe('what is traced', () => {
  it.each<[string, Environment]>([
    ['there is no endpoint', {}],
    ['the SDK is disabled', { ...ON, OTEL_SDK_DISABLED: 'true' }],
    ['traces go nowhere', { ...ON, OTEL_TRACES_EXPORTER: 'none' }],
  ])('is nothing while %s', (_, env) => {
    expect(settings(env)).toBeNull();
  });

  it.each<[string, Environment, string]>([
    ['below the endpoint of all signals', ON, 'http://127.0.0.1:4318/v1/traces'],
    ['below it, whatever its end', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:1/x/' }, 'http://c:1/x/v1/traces'],
    ['to that of traces as it is', { ...ON, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c:2/in' }, 'http://c:2/in'],
  ])('goes %s', (_, env, url) => {
    expect(settings(env)?.url).toBe(url);
  });

  it('follows the standard variables', () => {
    const env = {
      ...ON,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc, x-scope = 1=2',
      OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_BSP_MAX_QUEUE_SIZE: '10',
      TRACE_NUMBERS: 'true',
    };
    expect(settings(env)).toEqual({
      url: 'http://127.0.0.1:4318/v1/traces',
      protocol: 'http/json',
      compression: 'gzip',
      headers: { authorization: 'Bearer abc', 'x-scope': '1=2' },
      timeoutMs: 2_000,
      resource: {
        'service.version': appVersion(),
        'dialtone.revision': 'r1',
        'deployment.environment.name': 'staging',
        'service.name': 'dialtone-api-gateway',
      },
      sampler: 'parentbased_traceidratio',
      ratio: 0.25,
      batch: { delayMs: 100, queueSize: 10, size: 10 },
      showsNumbers: true,
    });
  });

  it('has the name that it is given', () => {
    const named = (env: Environment): string | undefined => settings({ ...ON, ...env })?.resource['service.name'];
    expect(named({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=of-all' })).toBe('of-all');
    expect(named({ OTEL_RESOURCE_ATTRIBUTES: 'service.name=of-all', OTEL_SERVICE_NAME: 'own' })).toBe('own');
    expect(tracingSettings(reconcilerConfig({ ...NEEDED, ...ON }), 'reconciler')?.resource['service.name']).toBe(
      'dialtone-reconciler',
    );
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'http/protobuf, http/json'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5', '0 to 1'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'environment', 'name=value'],
  ])('is refused when %s is %s', (variable, value, hint) => {
    expect(() => settings({ ...ON, [variable]: value })).toThrow(hint);
  });

  it('never prints the headers, which hold secrets', () => {
    expect(() => settings({ ...ON, OTEL_EXPORTER_OTLP_HEADERS: 'hush' })).toThrow(/^(?!.*hush)/s);
  });
});
