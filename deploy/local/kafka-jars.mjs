import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Explained } from './errors.mjs';
import { cacheDirectory } from './paths.mjs';
import { isAlive } from './service-process.mjs';

export const KAFKA_VERSION = '4.3.1';

/** Without the slf4j binding the broker logs nothing at all. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>dialtone.local</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;
const NO_MAVEN = 'Maven (mvn) is not installed';
const GOAL = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** A zip file ends with its directory: a download that was cut off has none. */
function isWholeJar(file) {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const end = Buffer.alloc(Math.min(size, 65_557));
    readSync(descriptor, end, 0, end.length, size - end.length);
    return end.includes(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  } finally {
    closeSync(descriptor);
  }
}

/** What is wrong with the copied jars, or null. */
function defect(libs) {
  const jars = existsSync(libs) ? readdirSync(libs).filter((name) => name.endsWith('.jar')) : [];
  if (!jars.some((name) => name.startsWith('kafka_'))) return 'the broker itself is missing';
  const broken = jars.filter((name) => !isWholeJar(join(libs, name)));
  return broken.length > 0 ? `${broken.join(', ')} ${broken.length === 1 ? 'is' : 'are'} not complete` : null;
}

/** True when every file of the cached copy is there with the size it had when it was found whole. */
function isIntact(directory) {
  try {
    const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
    return Object.entries(manifest).every(([name, size]) => statSync(join(directory, 'libs', name)).size === size);
  } catch {
    return false;
  }
}

/** Resolves to what Maven said on failure, or to null. Its output is only shown, never parsed. */
function maven(args) {
  return new Promise((resolve) => {
    const child = spawn('mvn', ['-q', '-B', '-U', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve(error.code === 'ENOENT' ? NO_MAVEN : error.message));
    child.once('close', (code) =>
      resolve(code === 0 ? null : stripVTControlCharacters(output).trim().split('\n').slice(-6).join('\n')),
    );
  });
}

/** Fetches into `part`; the problem as text, or null. */
async function fetchInto(part, extraArguments) {
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  writeFileSync(join(part, 'pom.xml'), POM);
  const problem = await maven([
    '-f',
    join(part, 'pom.xml'),
    GOAL,
    `-DoutputDirectory=${join(part, 'libs')}`,
    '-DincludeScope=runtime',
    ...extraArguments,
  ]);
  return problem ?? defect(join(part, 'libs'));
}

/** Fetches into `part`; retries once with a fresh Maven repository, in case the usual one has a broken file. */
async function fetchWithRetry({ part, repository, say }) {
  const problem = await fetchInto(part, []);
  if (problem === null || problem === NO_MAVEN) return problem;
  say(`The download did not work (${problem.split('\n')[0]}): trying once more from the start …`);
  return fetchInto(part, [`-Dmaven.repo.local=${repository}`]);
}

/** Puts the complete copy in place in one step, with a list of what belongs to it. */
function putInPlace(part, directory) {
  const libs = join(part, 'libs');
  const sizes = readdirSync(libs).map((name) => [name, statSync(join(libs, name)).size]);
  writeFileSync(join(part, 'manifest.json'), JSON.stringify(Object.fromEntries(sizes), null, 1));
  try {
    renameSync(part, directory);
  } catch (error) {
    if (!isIntact(directory)) throw error; // Otherwise another process was faster, with the same result.
  }
}

/** Removes the leftovers of runs that were killed while fetching. */
function removeLeftovers(cache) {
  for (const name of existsSync(cache) ? readdirSync(cache) : []) {
    const pid = /[.]part-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

/**
 * The directory with the broker's jars, fetched with Maven once and kept outside the repository. It appears there only
 * when it is whole.
 * @param {{say?: (line: string) => void, cache?: string}} options
 */
export async function kafkaJars({ say = () => {}, cache = cacheDirectory } = {}) {
  const directory = join(cache, `kafka-${KAFKA_VERSION}`);
  if (isIntact(directory)) return join(directory, 'libs');
  if (existsSync(directory)) say(`The cached Kafka in ${directory} is damaged: fetching it again.`);
  rmSync(directory, { recursive: true, force: true });
  removeLeftovers(cache);
  const part = `${directory}.part-${process.pid}`;
  const repository = join(cache, `maven.part-${process.pid}`);
  try {
    say(`Fetching Apache Kafka ${KAFKA_VERSION} with Maven into ${directory} (44 MB, once) …`);
    const problem = await fetchWithRetry({ part, repository, say });
    if (problem !== null) throw new Explained(cannotFetch(problem));
    putInPlace(part, directory);
  } finally {
    for (const path of [part, repository]) rmSync(path, { recursive: true, force: true });
  }
  return join(directory, 'libs');
}

const cannotFetch = (problem) =>
  `Apache Kafka ${KAFKA_VERSION} could not be fetched: ${problem}\n` +
  'Nothing half-finished was kept: run it again when Maven can reach its repository (mvn -v must work, e.g. apt-get install maven), ' +
  'or set KAFKA_BROKERS to a broker of your own, e.g. KAFKA_BROKERS=127.0.0.1:9092';
