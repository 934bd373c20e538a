import { NO_SPAN, type OpenSpan, type SpanOptions, type Tracer } from './tracer';

/** One for the process, as its asynchronous context is. Null: nothing is traced, and nothing of it costs anything. */
let tracer: Tracer | null = null;

/** From now on spans go to this tracer; null: to none. */
export const installTracer = (installed: Tracer | null): void => {
  tracer = installed;
};

export const isTracing = (): boolean => tracer !== null;

/** Begins a span that its caller ends. */
export const beginSpan = (name: string, options: SpanOptions = {}): OpenSpan => tracer?.begin(name, options) ?? NO_SPAN;

/** The span of what is under way; without one it takes everything and does nothing. */
export const currentSpan = (): OpenSpan => tracer?.current() ?? NO_SPAN;

/** For what is told or made due now, to be linked to later; null while nothing is traced. */
export const currentTraceparent = (): string | null => tracer?.current()?.traceparent ?? null;

/** `trace_id` and `span_id` for a log line; nothing while nothing is traced. */
export const traceFields = (): Readonly<Record<string, string>> => currentSpan().fields;

/** The class of an error: its message may quote numbers and secrets. */
const typeOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** Does `work` inside a span. Without tracing it is the call of `work` and nothing else. */
export const traced = async <T>(
  name: string,
  options: SpanOptions,
  work: (span: OpenSpan) => Promise<T>,
): Promise<T> => {
  if (tracer === null) return work(NO_SPAN);
  const span = tracer.begin(name, options);
  try {
    return await span.run(() => work(span));
  } catch (error) {
    span.fail(typeOf(error));
    throw error;
  } finally {
    span.end();
  }
};
