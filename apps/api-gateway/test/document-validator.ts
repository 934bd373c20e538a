import type { OpenAPIObject } from '@nestjs/swagger';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
}

interface Parameter {
  readonly $ref?: string;
  readonly 'x-error-codes'?: readonly string[];
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly unknown[];
  readonly responses: Readonly<Record<string, Response>>;
  readonly 'x-error-codes'?: readonly string[];
}

interface Components {
  readonly schemas: Readonly<Record<string, Json>>;
  readonly securitySchemes: { readonly bearer: { readonly 'x-error-codes': readonly string[] } };
  readonly responses?: Readonly<Record<string, Response>>;
  readonly parameters?: Readonly<Record<string, Parameter>>;
}

export interface LiveAnswer {
  readonly method: string;
  /** As the document writes it, with `{parameters}`. */
  readonly path: string;
  readonly status: number;
  /** With or without its charset. */
  readonly contentType?: string | undefined;
  readonly text: string;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Closed: a field that the document does not have is an error, unless the document says that there may be others. */
const closed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(closed);
  if (!isObject(value)) return value;
  const schema: Record<string, unknown> = Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, closed(inner)]),
  );
  // A property may be called `properties`: that of a schema is a map of schemas.
  const properties = value['properties'];
  if (isObject(properties) && value['type'] === 'object') schema['additionalProperties'] ??= false;
  return schema;
};

interface JsonAnswer {
  readonly name: string;
  readonly status: number;
  readonly body: unknown;
}

const JSON_TYPE = 'application/json';
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 304]);
const FIRST_ERROR = 400;

const codeIn = (body: unknown): string => String((body as { error?: { code?: unknown } } | undefined)?.error?.code);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** Checks answers strictly against what the document promises. */
export class DocumentValidator {
  private readonly ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }));
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly components: Components;
  private closedComponents: unknown = null;

  constructor(private readonly document: OpenAPIObject) {
    this.components = document.components as unknown as Components;
  }

  /** What is wrong with a JSON answer; empty when it is as documented. */
  problems(method: string, path: string, status: number, body: unknown): readonly string[] {
    const contentType = 'application/json';
    return this.answerProblems({ method, path, status, contentType, text: JSON.stringify(body) });
  }

  /** What is wrong with an answer as it was sent. */
  answerProblems({ method, path, status, contentType, text }: LiveAnswer): readonly string[] {
    const name = `${method} ${path}`;
    const operation = this.operation(method, path);
    if (operation === undefined) return [`${name} is not documented`];
    const response = this.response(operation, status);
    if (response === undefined) return [`${name} does not document ${String(status)}`];
    if (WITHOUT_BODY.has(status)) return text === '' ? [] : [`${name} ${String(status)} has a body`];
    const [type = ''] = (contentType ?? '').split(';');
    const media = response.content?.[type];
    if (media === undefined) return [`${name} ${String(status)} is ${String(contentType)}`];
    return type === JSON_TYPE ? this.bodyProblems(operation, media.schema, { name, status, body: parsed(text) }) : [];
  }

  private bodyProblems(operation: Operation, schema: Json, answer: JsonAnswer): readonly string[] {
    const { name, status, body } = answer;
    const shape = this.shapeProblems(`${name} ${status < FIRST_ERROR ? String(status) : 'error'}`, schema, body);
    return status < FIRST_ERROR ? shape : [...shape, ...this.codeProblems(operation, answer)];
  }

  private operation(method: string, path: string): Operation | undefined {
    const item = this.document.paths[path] as Readonly<Record<string, Operation>> | undefined;
    return item?.[method.toLowerCase()];
  }

  private response({ responses }: Operation, status: number): Response | undefined {
    const found = status < FIRST_ERROR ? responses[String(status)] : responses['default'];
    if (found?.$ref === undefined) return found;
    return this.components.responses?.[found.$ref.replace('#/components/responses/', '')];
  }

  private shapeProblems(name: string, schema: Json, body: unknown): readonly string[] {
    const validate = this.compile(name, schema);
    if (validate(body)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message = '', params }) => `${name} ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  /** Each route, the scheme of its key, or a parameter names its codes, and each code has one status. */
  private codeProblems(
    { security = [], parameters = [], 'x-error-codes': own = [] }: Operation,
    { name, status, body }: JsonAnswer,
  ): readonly string[] {
    const code = codeIn(body);
    const ofScheme = security.length === 0 ? [] : this.components.securitySchemes.bearer['x-error-codes'];
    const codes = [...own, ...ofScheme, ...parameters.flatMap((parameter) => this.codesOf(parameter))];
    const statuses = this.components.schemas['ErrorCode']?.['x-http-status'] as Readonly<Record<string, number>>;
    return [
      ...(codes.includes(code) ? [] : [`${name} does not document ${code}`]),
      ...(statuses[code] === status ? [] : [`${name} answers ${code} with ${String(status)}`]),
    ];
  }

  private codesOf({ $ref = '', 'x-error-codes': own = [] }: Parameter): readonly string[] {
    const shared = this.components.parameters?.[$ref.replace('#/components/parameters/', '')];
    return shared?.['x-error-codes'] ?? own;
  }

  private compile(name: string, schema: Json): ValidateFunction {
    const known = this.compiled.get(name);
    if (known !== undefined) return known;
    this.closedComponents ??= closed({ schemas: this.components.schemas });
    const validate = this.ajv.compile({ ...(closed(schema) as Json), components: this.closedComponents });
    this.compiled.set(name, validate);
    return validate;
  }
}
