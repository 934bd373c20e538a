import { LoopbackServer } from '@dialtone/testing';

type Value = string | number | boolean;

/** A span as a collector has received it. */
export interface ReceivedSpan {
  /** `service.name` of its process. */
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the root of a trace. */
  readonly parentSpanId: string;
  /** OTLP's number: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[];
  readonly attributes: Readonly<Record<string, Value>>;
}

interface WireAttribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly boolValue?: boolean;
    readonly intValue?: string | number;
    readonly doubleValue?: number;
  };
}

type WireSpan = Omit<ReceivedSpan, 'service' | 'attributes' | 'links' | 'parentSpanId'> & {
  readonly parentSpanId?: string;
  readonly attributes?: readonly WireAttribute[];
  readonly links?: ReceivedSpan['links'];
};

/** ExportTraceServiceRequest of OTLP in its JSON encoding. */
interface WireRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly WireAttribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

const valuesOf = (attributes: readonly WireAttribute[] = []): Readonly<Record<string, Value>> =>
  Object.fromEntries(
    attributes.map(({ key, value: { stringValue, boolValue, intValue, doubleValue } }) => [
      key,
      stringValue ?? boolValue ?? doubleValue ?? Number(intValue),
    ]),
  );

const spansIn = ({ resourceSpans }: WireRequest): readonly ReceivedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ attributes, links = [], parentSpanId = '', ...span }) => ({
        ...span,
        parentSpanId,
        links,
        service: String(valuesOf(resource.attributes)['service.name']),
        attributes: valuesOf(attributes),
      })),
    ),
  );

/** A collector: takes `POST /v1/traces` of OTLP/HTTP in JSON. */
export class TraceReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** Bodies as received. */
  readonly texts: string[] = [];

  private constructor(private readonly server: LoopbackServer) {
    server.answer = ({ method, path, body }) => {
      const isTaken = method === 'POST' && path === '/v1/traces';
      if (isTaken) this.take(body);
      return { status: isTaken ? 200 : 404, json: {} };
    };
  }

  static async start(): Promise<TraceReceiver> {
    return new TraceReceiver(await LoopbackServer.start());
  }

  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  get endpoint(): string {
    return this.server.url;
  }

  close(): Promise<void> {
    return this.server.stop();
  }

  private take(text: string): void {
    this.texts.push(text);
    this.spans.push(...spansIn(JSON.parse(text) as WireRequest));
  }
}
