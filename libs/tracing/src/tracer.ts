/** Facts about a span. Never a secret or a body; phone numbers go into `numbers`. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** As OpenTelemetry names them; `internal` unless given. */
export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** All traceparents are texts of W3C Trace Context; one that cannot be read counts as absent. */
export interface SpanOptions {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** Attributes that name phone numbers: set only where the deployment asks for them. */
  readonly numbers?: Attributes;
  /** A trace of its own, whatever is under way. */
  readonly isRoot?: boolean;
  /** Goes on with a trace that Dialtone itself began: its decision to sample stands. */
  readonly parent?: string;
  /** The same of a trace that a stranger began: it is not trusted to make this deployment sample more. */
  readonly stranger?: string;
  /** What caused it, beside its parent. */
  readonly links?: readonly string[];
  /** Epoch ms; now unless given. */
  readonly startedAt?: number;
}

/** A span that has begun. */
export interface OpenSpan {
  /** Spans that `work` begins, and all that follows from it, are children of this one. */
  run<T>(work: () => T): T;
  set(attributes: Attributes): void;
  rename(name: string): void;
  /** It failed: `type` is a class of errors, never a message, which may quote anything. */
  fail(type: string): void;
  /** Idempotent. */
  end(): void;
  /** Its traceparent; null for none. */
  readonly traceparent: string | null;
  /** For log lines. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface Tracer {
  begin(name: string, options: SpanOptions): OpenSpan;
  /** The span that this work is part of. */
  current(): OpenSpan | null;
  /** Sends what is left, and sends nothing more. */
  close(): Promise<void>;
}

/** What takes the place of every span while there is no tracing. */
export const NO_SPAN: OpenSpan = {
  run: (work) => work(),
  set: () => undefined,
  rename: () => undefined,
  fail: () => undefined,
  end: () => undefined,
  traceparent: null,
  fields: {},
};
