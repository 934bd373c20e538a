import { appVersion } from '../app-version';
import type { tracing } from './tracing-variables';
import type { ValuesOf } from './variable';

type TracingConfig = ValuesOf<typeof tracing> & { readonly buildRevision: string };

/** What the variables say of traces, as libs/tracing takes it. */
export interface TracingFromVariables {
  readonly url: string;
  readonly protocol: TracingConfig['otelProtocol'];
  readonly compression: TracingConfig['otelCompression'];
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: TracingConfig['otelSampler'];
  readonly ratio: number;
  readonly batch: { readonly delayMs: number; readonly queueSize: number; readonly size: number };
  readonly showsNumbers: boolean;
}

const urlOf = ({ otelEndpoint, otelTracesEndpoint }: TracingConfig): string | null =>
  otelTracesEndpoint ?? (otelEndpoint === null ? null : `${otelEndpoint.replace(/\/+$/, '')}/v1/traces`);

/** Null: nothing is traced. `app`: for example `reconciler`. */
export const tracingSettings = (config: TracingConfig, app: string): TracingFromVariables | null => {
  const url = urlOf(config);
  if (url === null || config.otelDisabled || config.otelTracesExporter === 'none') return null;
  return {
    url,
    protocol: config.otelProtocol,
    compression: config.otelCompression,
    headers: config.otelHeaders,
    timeoutMs: config.otelTimeoutMs,
    resource: {
      'service.version': appVersion(),
      'dialtone.revision': config.buildRevision,
      ...config.otelResource,
      'service.name': config.otelServiceName || (config.otelResource['service.name'] ?? `dialtone-${app}`),
    },
    sampler: config.otelSampler,
    ratio: config.otelSamplerRatio,
    batch: {
      delayMs: config.otelBatchDelayMs,
      queueSize: config.otelBatchQueue,
      // The SDK refuses batches that are larger than the queue.
      size: Math.min(config.otelBatchSize, config.otelBatchQueue),
    },
    showsNumbers: config.traceNumbers,
  };
};
