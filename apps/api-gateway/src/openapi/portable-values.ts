import { operationsIn, type Document, type Schema } from './document-types';

const MAX_INT32 = 2 ** 31 - 1;

/** Without a format, languages with sized numbers take 32 bits. */
const sizeNumber = (schema: Schema): void => {
  if (schema.type === 'integer' && (schema.maximum ?? 0) > MAX_INT32) schema.format ??= 'int64';
  if (schema.type === 'number') schema.format ??= 'double';
};

const constantOf = (value: unknown): string =>
  String(value)
    .replace(/[^a-z0-9]+/gi, '_')
    .toUpperCase();

/** Values that differ only in how they are written get numbered names: a constant of each is made in capitals. */
const nameValues = (schema: Schema): void => {
  const names = (schema.enum ?? []).map(constantOf);
  if (new Set(names).size === names.length) return;
  schema['x-enum-varnames'] = names.map((name, at) => {
    const before = names.slice(0, at).filter((other) => other === name).length;
    return before === 0 ? name : `${name}_${String(before + 1)}`;
  });
};

const visit = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  const schema = value as Schema;
  if (Array.isArray(schema.enum)) nameValues(schema);
  sizeNumber(schema);
  for (const inner of Object.values(value)) visit(inner);
};

/** Values in the words that all languages share. Parameters are texts, of which none is null. */
export const makeValuesPortable = (document: Document): void => {
  for (const [, { parameters = [] }] of operationsIn(document)) {
    for (const { schema } of parameters) delete schema.nullable;
  }
  visit(document);
};
