// A Prometheus beside `npm run up`: writes .dialtone/prometheus.yml for what runs now and prints how to start with it.
//   node deploy/prometheus/local.mjs
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Explained, failWith } from '../local/errors.mjs';
import { localDirectory, repositoryRoot } from '../local/paths.mjs';

const FACTS = join(localDirectory, 'up.json');
const CONFIG = join(localDirectory, 'prometheus.yml');

const job = (name, metricsUrl) => ({ job_name: name, static_configs: [{ targets: [new URL(metricsUrl).host] }] });

/** Writes it for what runs now, to be scraped and evaluated so often, and tells where it is. */
export function writeConfiguration(interval) {
  if (!existsSync(FACTS)) throw new Explained('Nothing runs here: start `npm run up` first.');
  const { gateway, reconciler } = JSON.parse(readFileSync(FACTS, 'utf8'));
  const config = {
    global: {
      scrape_interval: interval,
      evaluation_interval: interval,
      external_labels: { dialtone_docs: `file://${join(repositoryRoot, 'docs')}` },
    },
    rule_files: [join(repositoryRoot, 'deploy', 'prometheus', 'rules', '*.yml')],
    scrape_configs: [job('dialtone-gateway', gateway.metrics_url), job('dialtone-reconciler', reconciler.metrics_url)],
  };
  // JSON is YAML.
  writeFileSync(CONFIG, `${JSON.stringify(config, null, 2)}\n`);
  return CONFIG;
}

if (process.argv[1] === import.meta.filename) {
  try {
    const config = writeConfiguration('2s');
    process.stdout.write(
      `prometheus --config.file=${config} --storage.tsdb.path=${join(localDirectory, 'prometheus')} --web.listen-address=127.0.0.1:9090\n`,
    );
  } catch (error) {
    failWith(error);
  }
}
