// Writes a strict JSON schema for each kind that deploy/kubernetes uses, from Kubernetes' own description and from CRDs:
//   node deploy/kubernetes/schemas/generate.mjs SWAGGER_JSON CRD_YAML…
// SWAGGER_JSON is api/openapi-spec/swagger.json of the Go module k8s.io/kubernetes@v1.35.4, the CRDs are those of ServiceMonitor and
// PrometheusRule in github.com/prometheus-operator/prometheus-operator@v0.85.0.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const KINDS = [
  'v1/ConfigMap',
  'v1/Service',
  'v1/ServiceAccount',
  'apps/v1/Deployment',
  'autoscaling/v2/HorizontalPodAutoscaler',
  'batch/v1/Job',
  'networking.k8s.io/v1/Ingress',
  'networking.k8s.io/v1/NetworkPolicy',
  'policy/v1/PodDisruptionBudget',
];

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const mapValues = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

/** Of words, formats and patterns (of Go) nothing is kept. */
const isKept = (key) =>
  !['description', 'format', 'default', 'title', 'pattern'].includes(key) && !key.startsWith('x-kubernetes');

/** What a reference stands for; `seen` ends what refers to itself. */
function referred(name, definitions, seen) {
  if (name.endsWith('IntOrString')) return { type: ['integer', 'string'] };
  if (name.endsWith('resource.Quantity')) return { type: ['number', 'string'] };
  return seen.includes(name) ? {} : strict(definitions[name], definitions, [...seen, name]);
}

/** Without references, and with no property that is not named. */
function strict(schema, definitions, seen = []) {
  const inner = (one) => strict(one, definitions, seen);
  if (Array.isArray(schema)) return schema.map(inner);
  if (!isObject(schema)) return schema;
  if (typeof schema.$ref === 'string') return referred(schema.$ref.split('/').at(-1), definitions, seen);
  const done = Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => isKept(key))
      .map(([key, value]) => [key, key === 'properties' ? mapValues(value, inner) : inner(value)]),
  );
  if (schema['x-kubernetes-int-or-string'] === true) delete done.type;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in done;
  return 'properties' in done && !isOpen ? { ...done, additionalProperties: false } : done;
}

function ofKubernetes({ definitions }) {
  const found = {};
  for (const definition of Object.values(definitions)) {
    for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
      const name = [group, version, kind].filter(Boolean).join('/');
      if (!KINDS.includes(name)) continue;
      found[name] = strict(definition, definitions);
      // What only the server writes.
      delete found[name].properties.status;
      delete found[name].properties.metadata.properties.managedFields;
    }
  }
  return found;
}

function ofResourceDefinition({ spec }) {
  return Object.fromEntries(
    spec.versions.map(({ name, schema }) => {
      const done = strict(schema.openAPIV3Schema, {});
      delete done.properties.status;
      done.properties.metadata = { type: 'object' };
      return [`${spec.group}/${name}/${spec.names.kind}`, done];
    }),
  );
}

const [swagger, ...crds] = process.argv.slice(2);
const schemas = Object.assign(
  ofKubernetes(JSON.parse(readFileSync(swagger, 'utf8'))),
  ...crds.map((file) => ofResourceDefinition(parse(readFileSync(file, 'utf8')))),
);
const lines = Object.entries(schemas)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, schema]) => `${JSON.stringify(name)}:${JSON.stringify(schema)}`);
writeFileSync(join(import.meta.dirname, 'strict.json'), `{\n${lines.join(',\n')}\n}\n`);
process.stdout.write(`${lines.length} schemas\n`);
