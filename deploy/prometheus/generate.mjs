// Writes the PrometheusRule of deploy/kubernetes from the rules: node deploy/prometheus/generate.mjs. With --check it only
// says whether the file is current.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const RULES = join(import.meta.dirname, 'rules');
const TARGET = join(import.meta.dirname, '../kubernetes/components/prometheus-operator/prometheus-rule.yaml');
const MARK = 'groups:\n';

const groupsIn = (file) => {
  const text = readFileSync(join(RULES, file), 'utf8');
  return text
    .slice(text.indexOf(MARK) + MARK.length)
    .trimEnd()
    .replaceAll(/^(?=.)/gm, '  ');
};

const resource = `# Made by deploy/prometheus/generate.mjs from deploy/prometheus/rules.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: dialtone
spec:
  groups:
${['dialtone.recording.yml', 'dialtone.alerts.yml'].map(groupsIn).join('\n\n')}
`;

if (!process.argv.includes('--check')) writeFileSync(TARGET, resource);
else if (readFileSync(TARGET, 'utf8') !== resource) {
  process.stderr.write('prometheus-rule.yaml is not current: node deploy/prometheus/generate.mjs\n');
  process.exitCode = 1;
}
