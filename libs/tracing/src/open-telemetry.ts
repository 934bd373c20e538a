import { AsyncLocalStorage } from 'node:async_hooks';
import type * as api from '@opentelemetry/api' with { 'resolution-mode': 'import' };
import type * as sdk from '@opentelemetry/sdk-trace' with { 'resolution-mode': 'import' };
import type { SamplerName, TracingSettings } from './settings';
import { readTraceparent, traceparentOf, type Traceparent } from './traceparent';
import type { Attributes, OpenSpan, SpanKind, SpanOptions, Tracer } from './tracer';

type Api = typeof api;
type Sdk = typeof sdk;

/** How long the end of a process waits for a collector. */
const CLOSE_MS = 3_000;

const KINDS: Readonly<Record<SpanKind, keyof Api['SpanKind']>> = {
  internal: 'INTERNAL',
  server: 'SERVER',
  client: 'CLIENT',
  producer: 'PRODUCER',
  consumer: 'CONSUMER',
};

class OtelSpan implements OpenSpan {
  private hasEnded = false;

  constructor(
    private readonly span: api.Span,
    private readonly running: AsyncLocalStorage<OtelSpan>,
    private readonly statusOfError: api.SpanStatusCode,
  ) {}

  get context(): api.SpanContext {
    return this.span.spanContext();
  }

  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.context;
    return traceparentOf({ traceId, spanId, isSampled: (traceFlags & 1) === 1 });
  }

  get fields(): Readonly<Record<string, string>> {
    const { traceId, spanId } = this.context;
    return { trace_id: traceId, span_id: spanId };
  }

  run<T>(work: () => T): T {
    return this.running.run(this, work);
  }

  set(attributes: Attributes): void {
    this.span.setAttributes(attributes);
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  fail(type: string): void {
    this.span.setAttribute('error.type', type);
    this.span.setStatus({ code: this.statusOfError });
  }

  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.span.end();
  }
}

/** Spans of the OpenTelemetry SDK. The context is kept here: nothing of it is global, and no library is patched. */
class OtelTracer implements Tracer {
  private readonly running = new AsyncLocalStorage<OtelSpan>();
  private readonly tracer: api.Tracer;

  constructor(
    private readonly otel: Api,
    private readonly provider: sdk.TracerProvider,
    private readonly showsNumbers: boolean,
  ) {
    this.tracer = provider.getTracer('dialtone');
  }

  current(): OpenSpan | null {
    return this.running.getStore() ?? null;
  }

  begin(name: string, options: SpanOptions): OpenSpan {
    const { kind = 'internal', attributes, numbers, links = [], startedAt } = options;
    const span = this.tracer.startSpan(
      name,
      {
        kind: this.otel.SpanKind[KINDS[kind]],
        attributes: { ...attributes, ...(this.showsNumbers && numbers) },
        links: links.flatMap((link) => {
          const read = readTraceparent(link);
          return read === null ? [] : [{ context: contextOf(read) }];
        }),
        ...(startedAt !== undefined && { startTime: startedAt }),
      },
      this.parentOf(options),
    );
    return new OtelSpan(span, this.running, this.otel.SpanStatusCode.ERROR);
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeUp = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS);
    });
    // A collector that is away loses its spans, and nothing else.
    await Promise.race([this.provider.shutdown().catch(() => undefined), timeUp]);
    clearTimeout(timer);
  }

  private parentOf({ isRoot = false, parent, stranger }: SpanOptions): api.Context {
    const { ROOT_CONTEXT, trace } = this.otel;
    const own = readTraceparent(parent);
    if (own !== null) return trace.setSpanContext(ROOT_CONTEXT, contextOf(own));
    const strange = readTraceparent(stranger);
    if (strange !== null) return trace.setSpanContext(ROOT_CONTEXT, { ...contextOf(strange), isRemote: true });
    const current = isRoot ? undefined : this.running.getStore();
    return current === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, current.context);
  }
}

/** As of this deployment's own spans: only what is remote is judged anew. */
const contextOf = ({ traceId, spanId, isSampled }: Traceparent): api.SpanContext => ({
  traceId,
  spanId,
  traceFlags: isSampled ? 1 : 0,
});

/** A stranger's span that is sampled is no reason to sample more than this deployment wants. */
const samplerOf = (trace: Sdk, name: SamplerName, ratio: number): sdk.Sampler => {
  const roots = {
    always_on: () => new trace.AlwaysOnSampler(),
    always_off: () => new trace.AlwaysOffSampler(),
    traceidratio: () => new trace.TraceIdRatioBasedSampler(ratio),
  } as const;
  if (!name.startsWith('parentbased_')) return roots[name as keyof typeof roots]();
  const root = roots[name.slice('parentbased_'.length) as keyof typeof roots]();
  return new trace.ParentBasedSampler({ root, remoteParentSampled: root });
};

const exporterOf = async (settings: TracingSettings): Promise<sdk.SpanExporter> => {
  const { url, protocol, compression, headers, timeoutMs } = settings;
  const { OTLPTraceExporter } =
    protocol === 'http/json'
      ? await import('@opentelemetry/exporter-trace-otlp-http')
      : await import('@opentelemetry/exporter-trace-otlp-proto');
  type Options = NonNullable<ConstructorParameters<typeof OTLPTraceExporter>[0]>;
  const options = { url, headers: { ...headers }, timeoutMillis: timeoutMs, compression };
  return new OTLPTraceExporter(options as unknown as Options);
};

/** Loads the SDK, which nothing else does. `onTrouble` is told when spans could not be sent. */
export const openTelemetry = async (
  settings: TracingSettings,
  onTrouble: (message: string) => void,
): Promise<Tracer> => {
  const [otel, trace, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/resources'),
  ]);
  const silent = (): void => undefined;
  otel.diag.setLogger(
    { error: onTrouble, warn: onTrouble, info: silent, debug: silent, verbose: silent },
    otel.DiagLogLevel.WARN,
  );
  const { delayMs, queueSize, size } = settings.batch;
  const provider = new trace.TracerProvider({
    resource: resourceFromAttributes({ ...settings.resource }),
    sampler: samplerOf(trace, settings.sampler, settings.ratio),
    spanProcessors: [
      new trace.BatchSpanProcessor({
        exporter: await exporterOf(settings),
        scheduledDelayMillis: delayMs,
        maxQueueSize: queueSize,
        maxExportBatchSize: size,
        exportTimeoutMillis: settings.timeoutMs,
      }),
    ],
  });
  return new OtelTracer(otel, provider, settings.showsNumbers);
};
