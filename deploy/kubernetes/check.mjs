// Applies the example overlay to an API server, as a first release, as the next one and once more, in a namespace of its own that
// enforces the restricted Pod Security standard, and removes it again:
//   node deploy/kubernetes/check.mjs [--kubeconfig FILE]
// The second time only what carries the tag may change, and the third time nothing. It needs kubectl and the rights to make a
// namespace: take a cluster for trying. An API server without controllers is enough.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Explained, failWith } from '../local/errors.mjs';

const DEPLOY = join(import.meta.dirname, '..');
const OVERLAY = 'kubernetes/overlays/production';
const OPERATOR = 'monitoring.coreos.com';
/** What carries the tag. */
const OF_A_RELEASE = 'Deployment/api-gateway, Deployment/reconciler, Job/dialtone-migrate-1.0.1';
const say = (line) => process.stdout.write(`${line}\n`);

function kubectl(args, { input, fails = false } = {}) {
  const done = spawnSync('kubectl', args, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.error) throw new Explained(`kubectl cannot be run: ${done.error.message}`);
  if ((done.status !== 0) !== fails)
    throw new Explained(
      `kubectl ${args.join(' ')} ${fails ? 'did not fail' : 'failed'}: ${done.stderr || done.stdout}`,
    );
  return fails ? done.stderr : done.stdout;
}

/** The overlay as a release of its own: in that namespace, with that tag, and without what the cluster has no kinds for. */
function overlayOf({ folder, namespace, tag, hasOperator }) {
  const file = join(folder, OVERLAY, 'kustomization.yaml');
  const source = readFileSync(join(DEPLOY, OVERLAY, 'kustomization.yaml'), 'utf8');
  const replaced = source
    .replace(/^namespace: .*$/m, `namespace: ${namespace}`)
    .replace(/^( +newTag:) .*$/m, `$1 ${tag}`)
    .replace(/^components:\n(?: +- .*\n)+/m, (components) =>
      hasOperator ? components : components.replace(/^.*\/prometheus-operator\n/m, ''),
    );
  writeFileSync(file, replaced);
  return join(folder, OVERLAY);
}

/**
 * Applies it, and tells what the server then has: for each object the number that changes with it. kubectl's own word
 * "configured" is none: it says so of a PodDisruptionBudget whenever it asks for one, changed or not.
 */
function apply(overlay, namespace) {
  const applied = kubectl(['apply', '-k', overlay]).trim().split('\n');
  const kinds = new Set(applied.map((line) => line.slice(0, line.indexOf('/'))));
  const fields = '{.kind}/{.metadata.name} {.metadata.resourceVersion}{"\\n"}';
  const listed = kubectl([
    'get',
    [...kinds].join(','),
    '--namespace',
    namespace,
    '--output',
    `jsonpath={range .items[*]}${fields}{end}`,
  ]);
  return new Map(
    listed
      .trim()
      .split('\n')
      .map((line) => line.split(' ')),
  );
}

/** Names of what differs between two such answers, made or changed. */
const changedBetween = (before, after) =>
  [...after].filter(([name, version]) => before.get(name) !== version).map(([name]) => name);

/** The pods that the server would be asked for: none of a kind that the standard refuses. */
function checkPods(namespace) {
  const { items } = JSON.parse(kubectl(['get', 'deployments,jobs', '--namespace', namespace, '--output', 'json']));
  const ask = (spec, name, options) =>
    kubectl(['create', '--namespace', namespace, '--dry-run=server', '--filename', '-'], {
      input: JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec }),
      ...options,
    });
  for (const { metadata, spec } of items) ask(spec.template.spec, metadata.name);
  const [{ spec }] = items;
  const [first, ...rest] = spec.template.spec.containers;
  const loose = { ...first, securityContext: { ...first.securityContext, allowPrivilegeEscalation: true } };
  const refusal = ask({ ...spec.template.spec, containers: [loose, ...rest] }, 'loose', { fails: true });
  if (!refusal.includes('restricted')) throw new Explained(`A pod was refused for another reason: ${refusal}`);
  return items.length;
}

function check(folder, namespace) {
  const hasOperator = kubectl(['api-versions']).includes(`${OPERATOR}/v1`);
  if (!hasOperator) say(`The component prometheus-operator is left out: this server has no kinds of ${OPERATOR}.`);
  const release = (tag) => overlayOf({ folder, namespace, tag, hasOperator });

  const first = apply(release('1.0.0'), namespace);
  say(`First release: ${first.size} objects.`);
  say(`Restricted Pod Security: pods of ${checkPods(namespace)} workloads are admitted, a looser one is refused.`);

  const second = apply(release('1.0.1'), namespace);
  const changed = changedBetween(first, second);
  if (changed.sort().join(', ') !== OF_A_RELEASE)
    throw new Explained(`A new tag changes ${OF_A_RELEASE}, and not ${changed.join(', ') || 'nothing'}.`);
  say(`A new tag: ${OF_A_RELEASE} changed, nothing else.`);

  kubectl(['diff', '-k', join(folder, OVERLAY)]);
  const again = changedBetween(second, apply(release('1.0.1'), namespace));
  if (again.length > 0) throw new Explained(`The same again changes ${again.join(', ')}.`);
  say('The same again: nothing changed.');
}

function main() {
  const { values } = parseArgs({ options: { kubeconfig: { type: 'string' } } });
  if (values.kubeconfig) process.env.KUBECONFIG = values.kubeconfig;
  const folder = mkdtempSync(join(tmpdir(), 'dialtone-manifests-'));
  const namespace = `dialtone-check-${randomBytes(4).toString('hex')}`;
  for (const part of ['grafana', 'kubernetes']) cpSync(join(DEPLOY, part), join(folder, part), { recursive: true });
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  kubectl(['create', '--filename', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } }),
  });
  try {
    check(folder, namespace);
  } finally {
    rmSync(folder, { recursive: true });
    kubectl(['delete', 'namespace', namespace, '--wait=false']);
  }
}

try {
  main();
} catch (error) {
  failWith(error);
}
