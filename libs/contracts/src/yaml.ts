/** Anything that JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

// Words that stay text without quotes in every YAML version; everything else is written as a JSON string.
const PLAIN = /^[A-Za-z_$/][A-Za-z0-9_$./-]*$/;
const RESERVED = /^(true|false|null|yes|no|on|off|y|n)$/i;

const scalar = (value: string | number | boolean | null): string =>
  typeof value === 'string' && PLAIN.test(value) && !RESERVED.test(value) ? value : JSON.stringify(value);

const isScalar = (value: Json): value is string | number | boolean | null =>
  value === null || typeof value !== 'object';

/** Writes JSON data as block-style YAML; deterministic, so that a generated file can be compared as text. */
export const toYaml = (value: Json, indent = ''): string => {
  if (isScalar(value)) return `${indent}${scalar(value)}\n`;
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => entry(`${indent}-`, item, indent)).join('');
  return Object.entries(value)
    .filter((pair): pair is [string, Json] => pair[1] !== undefined)
    .map(([name, child]) => entry(`${indent}${scalar(name)}:`, child, indent))
    .join('');
};

const entry = (head: string, value: Json, indent: string): string => {
  if (isScalar(value)) return `${head} ${scalar(value)}\n`;
  const body = toYaml(value, `${indent}  `);
  if (body === '') return `${head} ${Array.isArray(value) ? '[]' : '{}'}\n`;
  return `${head}\n${body}`;
};
