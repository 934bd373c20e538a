import { spawnSync } from 'node:child_process';
import { Explained, failWith } from './errors.mjs';
import { repositoryRoot } from './paths.mjs';

/**
 * Asks the registry for advisories on what is in production, as the lock has it: `npm run advisories`. Fails on severe ones. A
 * registry without an answer is no failure, since many mirrors have none: one line says so.
 */
const SEVERE = ['critical', 'high'];
const AUDIT = ['audit', '--json', '--omit=dev', '--package-lock-only', '--fetch-retries=1', '--fetch-timeout=30000'];

function audit() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const done = spawnSync(npm, AUDIT, { cwd: repositoryRoot, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (done.error) throw new Explained(`npm could not be run: ${done.error.message}`);
  try {
    return JSON.parse(done.stdout);
  } catch {
    throw new Explained(`npm audit failed: ${done.stderr.trim() || done.stdout.trim()}`);
  }
}

/** "high undici <7.1.0: a title, another title". `via` also names the packages through which an advisory concerns this one. */
const lineOf = ({ name, severity, range, via }) => {
  const reasons = via.map((one) => (typeof one === 'string' ? `through ${one}` : one.title));
  return `${severity} ${name} ${range}: ${reasons.join(', ')}`;
};

function judge(report) {
  if (report.auditReportVersion === undefined) {
    // Without an answer npm has no code of its own for what went wrong, such as that the lock is missing.
    if (typeof report.message !== 'string') throw new Explained(`npm audit failed: ${JSON.stringify(report.error)}`);
    return `Advisories were not checked, the registry gives no answer: ${report.message.split('\n', 1)[0]}`;
  }
  const found = Object.values(report.vulnerabilities);
  const severe = found.filter(({ severity }) => SEVERE.includes(severity));
  if (severe.length > 0) throw new Explained(['Severe advisories:', ...severe.map(lineOf)].join('\n  '));
  return [`Advisories: none that is severe, ${found.length} others.`, ...found.map(lineOf)].join('\n  ');
}

try {
  process.stdout.write(`${judge(audit())}\n`);
} catch (error) {
  failWith(error);
}
