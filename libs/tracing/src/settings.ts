export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';

/** Where spans go and which; what the standard OTEL_* variables say. */
export interface TracingSettings {
  /** The whole URL that spans are posted to. */
  readonly url: string;
  readonly protocol: 'http/protobuf' | 'http/json';
  readonly compression: 'none' | 'gzip';
  /** Of every request to the collector; secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** `service.name` and what else describes this process. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: SamplerName;
  /** Of the samplers by ratio, 0 to 1. */
  readonly ratio: number;
  readonly batch: { readonly delayMs: number; readonly queueSize: number; readonly size: number };
  /** Whether spans name phone numbers. */
  readonly showsNumbers: boolean;
}
