import * as kind from './kinds';
import { fraction, pairs } from './tracing-kinds';

const SAMPLERS = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const;

const batch = {
  otelBatchDelayMs: kind.milliseconds('OTEL_BSP_SCHEDULE_DELAY', {
    min: 1,
    max: 600_000,
    what: 'how long spans are gathered before they are sent',
    fallback: 5_000,
  }),
  otelBatchQueue: kind.integer('OTEL_BSP_MAX_QUEUE_SIZE', {
    min: 1,
    max: 1_000_000,
    what: 'how many spans may wait to be sent; more are dropped',
    fallback: 2_048,
  }),
  otelBatchSize: kind.integer('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', {
    min: 1,
    max: 100_000,
    what: 'how many spans go to the collector at once',
    fallback: 512,
  }),
};

const which = {
  otelSampler: kind.oneOf('OTEL_TRACES_SAMPLER', {
    words: SAMPLERS,
    what: 'which traces are kept; a caller whose own trace is kept does not change that',
    fallback: 'parentbased_always_on',
  }),
  otelSamplerRatio: fraction('OTEL_TRACES_SAMPLER_ARG', {
    what: 'the share of traces that a sampler by ratio keeps',
    fallback: '1',
  }),
  otelServiceName: kind.text('OTEL_SERVICE_NAME', {
    pattern: /^.{0,128}$/,
    mustBe: 'the name of this process in traces, or empty for dialtone-api-gateway and dialtone-reconciler',
    example: 'dialtone-reconciler',
    fallback: '',
  }),
  otelResource: pairs('OTEL_RESOURCE_ATTRIBUTES', {
    what: 'what else describes this process in traces',
    example: 'deployment.environment.name=production',
  }),
  traceNumbers: kind.flag('TRACE_NUMBERS', {
    what: 'whether spans name the phone number that they are about',
    fallback: false,
  }),
};

/** The standard variables of OpenTelemetry. Nothing is traced while none names an endpoint. */
export const tracing = {
  otelEndpoint: kind.httpUrlOrNone('OTEL_EXPORTER_OTLP_ENDPOINT', {
    what: 'the collector that traces are sent to, below which they go to v1/traces; without it and OTEL_EXPORTER_OTLP_TRACES_ENDPOINT nothing is traced',
    example: 'http://127.0.0.1:4318',
  }),
  otelTracesEndpoint: kind.httpUrlOrNone('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', {
    what: 'the whole URL that traces are sent to, in place of OTEL_EXPORTER_OTLP_ENDPOINT',
    example: 'http://127.0.0.1:4318/v1/traces',
  }),
  otelProtocol: kind.oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', {
    words: ['http/protobuf', 'http/json'],
    what: 'how traces are sent',
    fallback: 'http/protobuf',
  }),
  otelCompression: kind.oneOf('OTEL_EXPORTER_OTLP_COMPRESSION', {
    words: ['none', 'gzip'],
    what: 'whether what is sent is compressed',
    fallback: 'none',
  }),
  otelHeaders: pairs('OTEL_EXPORTER_OTLP_HEADERS', {
    what: 'the headers of requests to the collector',
    example: 'authorization=Bearer%20…',
    secret: true,
  }),
  otelTimeoutMs: kind.milliseconds('OTEL_EXPORTER_OTLP_TIMEOUT', {
    min: 1,
    max: 600_000,
    what: 'how long the collector may take to accept spans',
    fallback: 10_000,
  }),
  otelDisabled: kind.flag('OTEL_SDK_DISABLED', { what: 'whether nothing is traced all the same', fallback: false }),
  otelTracesExporter: kind.oneOf('OTEL_TRACES_EXPORTER', {
    words: ['otlp', 'none'],
    what: 'where traces go; none traces nothing',
    fallback: 'otlp',
  }),
  ...which,
  ...batch,
};
