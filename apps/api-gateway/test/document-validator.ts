import type { OpenAPIObject } from '@nestjs/swagger';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** OpenAPI 3.0 as JSON Schema, closed: a field that the document does not have is an error. */
const toJsonSchema = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(toJsonSchema);
  if (!isObject(value)) return value;
  const { nullable, ...rest } = value;
  const schema: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest).map(([key, inner]) => [key, toJsonSchema(inner)]),
  );
  if (isObject(schema['properties'])) schema['additionalProperties'] ??= false;
  return nullable === true ? { anyOf: [schema, { type: 'null' }] } : schema;
};

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: Json }>> }>>;
}

/** Checks answers against what the document promises. */
export class DocumentValidator {
  private readonly ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: OpenAPIObject) {}

  /** What is wrong with an answer; empty when it is as documented. */
  problems(
    method: 'get' | 'put' | 'post' | 'patch' | 'delete',
    path: string,
    status: number,
    body: unknown,
  ): readonly string[] {
    const operation = this.document.paths[path]?.[method] as Operation | undefined;
    const schema = operation?.responses[String(status)]?.content?.['application/json']?.schema;
    if (schema === undefined) return [`${method} ${path} does not document ${String(status)}`];
    const validate = this.compile(`${method} ${path} ${String(status)}`, schema);
    return validate(body) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
  }

  private compile(name: string, schema: Json): ValidateFunction {
    const known = this.compiled.get(name);
    if (known !== undefined) return known;
    const { components } = this.document;
    const validate = this.ajv.compile(toJsonSchema({ ...schema, components }) as Json);
    this.compiled.set(name, validate);
    return validate;
  }
}
