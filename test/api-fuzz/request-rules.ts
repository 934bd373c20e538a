import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { withoutNull, type OpenApiDocument, type Parameter, type Schema } from './document';
import type { FuzzRequest } from './request';

/** JSON has no charset parameter: it is ignored (RFC 8259 §11). */
const JSON_TYPE = /^application\/json *(?:;|$)/i;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

const parsed = (text: string): { readonly value: unknown } | null => {
  try {
    // A byte order mark may be passed over (RFC 8259 §8.1).
    return { value: JSON.parse(text.replace(/^\ufeff/, '')) as unknown };
  } catch {
    return null;
  }
};

/** Says what is wrong with a request, by the document alone: it knows nothing of how the gateway checks. */
export class RequestRules {
  private readonly ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: OpenApiDocument) {}

  /** Empty: the request is as documented, whatever becomes of it. */
  problems(request: FuzzRequest): readonly string[] {
    if (!request.operation.secured) return this.inputProblems(request);
    return request.caller === 'partner' ? this.inputProblems(request) : [`asked as ${request.caller}`];
  }

  private inputProblems(request: FuzzRequest): readonly string[] {
    return [
      ...request.operation.parameters.flatMap((parameter) => this.parameterProblems(request, parameter)),
      ...this.unknownQuery(request),
      ...this.bodyProblems(request),
    ];
  }

  private parameterProblems(request: FuzzRequest, parameter: Parameter): readonly string[] {
    const { name, in: place } = parameter;
    const sent = valuesOf(request, parameter);
    if (sent.length === 0) return parameter.required === true ? [`${place} ${name} is missing`] : [];
    if (sent.length > 1) return [`${place} ${name} is there ${String(sent.length)} times`];
    const value = this.fromText(parameter.schema, sent[0] ?? '');
    return this.schemaProblems(`${request.operation.name} ${place} ${name}`, parameter.schema, value);
  }

  /** Parameters are texts; one that does not look like a number stays a text, and breaks its schema. */
  private fromText(schema: Schema, text: string): unknown {
    const { type } = withoutNull(this.document, schema).schema;
    if ((type === 'integer' || type === 'number') && NUMBER.test(text)) return Number(text);
    if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
    return text;
  }

  /** Pages and probes are asked with whatever their callers add. */
  private unknownQuery({ operation, query }: FuzzRequest): readonly string[] {
    if (!operation.secured) return [];
    const known = operation.parameters.filter(({ in: place }) => place === 'query').map(({ name }) => name);
    return query.filter(([name]) => !known.includes(name)).map(([name]) => `query ${name} is unknown`);
  }

  private bodyProblems({ operation, payload, contentType }: FuzzRequest): readonly string[] {
    const { body } = operation;
    // An empty text is no body, whatever its type is said to be.
    if (payload === null || payload === '') return body?.required === true ? ['the body is missing'] : [];
    if (contentType === null || !JSON_TYPE.test(contentType)) return [`the body is ${String(contentType)}`];
    const json = parsed(payload);
    if (json === null) return ['the body is not JSON'];
    // Many clients send an empty object with every POST.
    if (body === null) return JSON.stringify(json.value) === '{}' ? [] : ['there is a body'];
    return this.schemaProblems(`${operation.name} body`, body.schema, json.value);
  }

  /** Lists whose items have a result each: what is wrong with one of them is no problem of the request. */
  private answeredOneByOne(schema: Schema): readonly string[] {
    const { properties = {} } = withoutNull(this.document, schema).schema;
    return Object.entries(properties).flatMap(([name, list]) =>
      list['x-each-answered'] === true ? [`/${name}/`] : [],
    );
  }

  private schemaProblems(name: string, schema: Schema, value: unknown): readonly string[] {
    const validate = this.compile(name, schema);
    if (validate(value)) return [];
    const lists = this.answeredOneByOne(schema);
    return (validate.errors ?? [])
      .filter(({ instancePath }) => !lists.some((list) => instancePath.startsWith(list)))
      .map((error) => `${name}${error.instancePath} ${error.message ?? ''}`);
  }

  private compile(name: string, schema: Schema): ValidateFunction {
    const known = this.compiled.get(name);
    if (known !== undefined) return known;
    const { components } = this.document;
    const validate = this.ajv.compile({ ...schema, components });
    this.compiled.set(name, validate);
    return validate;
  }
}

const valuesOf = ({ path, query, headers }: FuzzRequest, { in: place, name }: Parameter): readonly string[] => {
  if (place === 'query') return query.filter(([sent]) => sent === name).map(([, value]) => value.toWellFormed());
  const value = place === 'path' ? path[name] : headers[name];
  return value === undefined ? [] : [value.toWellFormed()];
};
