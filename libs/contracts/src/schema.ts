/** The part of JSON Schema 2020-12 that the events need: all of it is checked by `faultIn`. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  /** `#/$defs/<name>` of the same document. */
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly title?: string;
  readonly description?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly format?: string;
  readonly pattern?: string;
  readonly const?: string;
  /** A closed list: another value is another event type. */
  readonly enum?: readonly string[];
  /** Of a text without `enum`: an open list, which grows. */
  readonly examples?: readonly string[];
  readonly minimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: JsonSchema;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}
export type JsonType = 'object' | 'array' | 'string' | 'integer' | 'boolean' | 'null';

type OptionalKeys<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/**
 * An object schema that names exactly the properties of T and exactly its optional ones, or does not compile: that is
 * what keeps types and schemas together. Unknown properties stay allowed, so that adding one breaks no consumer.
 */
export const objectSchema = <T>(shape: {
  readonly description: string;
  readonly properties: { readonly [K in keyof T]-?: JsonSchema };
  readonly optional: Readonly<Record<OptionalKeys<T>, true>>;
}): JsonSchema => {
  const names = Object.keys(shape.properties);
  return {
    type: 'object',
    description: shape.description,
    properties: shape.properties,
    required: names.filter((name) => !(name in shape.optional)),
  };
};
