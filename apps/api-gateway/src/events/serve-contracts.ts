import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_EVENT_SCHEMAS, EVENT_SCHEMAS, EVENT_SCHEMAS_PATH, EVENT_TYPES, schemaIdOf } from '@dialtone/contracts';
import { folderAbove } from '@dialtone/platform';
import type { HttpServer } from '../http/http-types';
import { Precompressed } from '../openapi/precompressed';
import { serveText } from '../openapi/serve-text';

const FILE = join('docs', 'events', 'asyncapi.yaml');
const YAML = 'application/yaml; charset=utf-8';
const SCHEMA = 'application/schema+json; charset=utf-8';

/** Serves the AsyncAPI document, and each JSON Schema of event data at the path that is its `$id`; a missing file stops the start. */
export const serveContracts = (server: HttpServer): void => {
  const schemas = [
    [EVENT_SCHEMAS_PATH, ALL_EVENT_SCHEMAS] as const,
    ...EVENT_TYPES.map((type) => [schemaIdOf(type), EVENT_SCHEMAS[type]] as const),
  ];
  for (const [path, schema] of schemas) serveText(server, path, new Precompressed(JSON.stringify(schema), SCHEMA));
  const document = readFileSync(folderAbove(__dirname, FILE), 'utf8');
  serveText(server, '/asyncapi.yaml', new Precompressed(document, YAML));
};
