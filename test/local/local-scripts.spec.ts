import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const LOCAL = resolve(__dirname, '../../deploy/local');
const importing = (file: string): string => `await import(${JSON.stringify(pathToFileURL(join(LOCAL, file)).href)})`;

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dialtone-scripts-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** Runs an ES module with the scripts in reach; what it printed. */
const run = (source: string, path = ''): string => {
  const env = { PATH: path };
  const done = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
    env,
    cwd: directory,
  });
  return done.stdout + done.stderr;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((settle) => {
    child.stdout?.once('data', (chunk: Buffer) => {
      settle(chunk.toString().trim());
    });
  });

describe('ports', () => {
  const withTakenPort = (options: string): string =>
    run(`
      const { choosePort } = ${importing('ports.mjs')};
      const { createServer } = await import('node:net');
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((settle) => server.once('listening', settle));
      const { port } = server.address();
      try {
        const chosen = await choosePort({ name: 'Kafka', wanted: port, say: console.log, ${options} });
        console.log(chosen === port ? 'the same' : 'another');
      } catch (error) {
        console.log(error.name, error.message);
      }
      server.close();
    `);

  it('that are taken are replaced by another one, which is said', () => {
    expect(withTakenPort('')).toMatch(/^Port \d+ is taken: Kafka gets \d+[.]\nanother\n$/);
  });

  it('that are taken but were asked for are refused', () => {
    expect(withTakenPort('explicit: true')).toMatch(/^Explained Port \d+ for Kafka is taken by another process[.]/);
  });
});

describe('fetching the broker', () => {
  const JAR = String.raw`PK\005\006 end of a zip file`;
  /** A Maven that counts its calls and does what the script says with $out, the directory to copy to. */
  const fakeMaven = (script: string): void => {
    const find = 'for a in "$@"; do case "$a" in -DoutputDirectory=*) out="${a#*=}";; esac; done';
    const count = `echo x >> ${directory}/calls; n=$(wc -l < ${directory}/calls)`;
    writeFileSync(join(directory, 'mvn'), `#!/bin/sh\n${find}\n${count}\nmkdir -p "$out"\n${script}\n`, {
      mode: 0o755,
    });
  };
  const wholeBroker = `printf '${JAR}' > "$out/kafka_2.13.jar"; printf '${JAR}' > "$out/other.jar"`;
  const fetchIt = (path = `${directory}:/usr/bin:/bin`): string =>
    run(
      `const { kafkaJars } = ${importing('kafka-jars.mjs')};
       try { console.log('jars in', await kafkaJars({ cache: 'cache', say: console.log })); }
       catch (error) { console.log(error.name, error.message); }`,
      path,
    );
  const calls = (): number => readFileSync(join(directory, 'calls'), 'utf8').length / 2;
  const cached = (): string[] => (existsSync(join(directory, 'cache')) ? readdirSync(join(directory, 'cache')) : []);

  it('happens once', () => {
    fakeMaven(wholeBroker);
    expect(fetchIt()).toContain('jars in cache/kafka-4.3.1/libs');
    expect(fetchIt()).toBe('jars in cache/kafka-4.3.1/libs\n');
    expect(calls()).toBe(1);
  });

  it('is tried once more when a file is cut off', () => {
    fakeMaven(`${wholeBroker}\n[ "$n" = 1 ] && printf PK > "$out/other.jar"; true`);
    const said = fetchIt();
    expect(said).toContain('The download did not work (other.jar is not complete): trying once more from the start');
    expect(said).toContain('jars in cache/kafka-4.3.1/libs');
    expect(cached()).toEqual(['kafka-4.3.1']);
  });

  it('leaves nothing behind when it fails, says what to do, and works the next time', () => {
    fakeMaven('echo "[ERROR] no network"; exit 1');
    const said = fetchIt();
    expect(said).toMatch(
      /Explained Apache Kafka 4[.]3[.]1 could not be fetched: \[ERROR\] no network\nNothing half-finished was kept/,
    );
    expect(said).toContain('KAFKA_BROKERS=127.0.0.1:9092');
    expect(cached()).toEqual([]);
    fakeMaven(wholeBroker);
    expect(fetchIt()).toContain('jars in');
  });

  it('is done again when the cached copy was damaged', () => {
    fakeMaven(wholeBroker);
    fetchIt();
    truncateSync(join(directory, 'cache/kafka-4.3.1/libs/other.jar'), 3);
    expect(fetchIt()).toContain('is damaged: fetching it again');
    expect(calls()).toBe(2);
  });

  it('tells that Maven is missing', () => {
    expect(fetchIt('')).toContain('could not be fetched: Maven (mvn) is not installed');
  });
});

describe('services', () => {
  const started = (options: string): ChildProcess =>
    spawn(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `const { startService } = ${importing('service-process.mjs')};
         const service = startService({ name: 'sleeper', command: 'sleep', args: ['60'], logFile: 'sleeper.log', pidFile: 'sleeper.pid' });
         console.log(service.pid);
         ${options}`,
      ],
      { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'] },
    );
  const gone = async (pid: number): Promise<boolean> => {
    for (let tries = 0; tries < 600 && isAlive(pid); tries += 1) await sleep(50);
    return !isAlive(pid);
  };

  it('end when the process that started them is killed', async () => {
    const parent = started('await service.exited;');
    const pid = Number(await firstLine(parent));
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await gone(pid)).toBe(true);
  });

  it('end when they are stopped, and take their pid file with them', async () => {
    const parent = started('await service.stop(); console.log(await service.exited);');
    const pid = Number((await firstLine(parent)).split('\n')[0]);
    expect(await gone(pid)).toBe(true);
    expect(existsSync(join(directory, 'sleeper.pid'))).toBe(false);
  });
});

describe('bootstrap', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  /** The script also ends when the bootstrap has died: a test that fails leaves nothing running. */
  const orphanCheck =
    'const parent = process.ppid; setInterval(() => process.ppid === parent || process.exit(), 100).unref();';
  const start = (script: string): ChildProcess => {
    writeFileSync(join(directory, 'script.mjs'), orphanCheck + script);
    const args = [join(LOCAL, 'bootstrap.mjs'), '--no-build', join(directory, 'script.mjs'), 'given'];
    return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  };
  const ended = (child: ChildProcess): Promise<number | null> =>
    new Promise((settle) => {
      child.once('exit', settle);
    });

  it('runs the script with its arguments on the Node of the project, and ends as it ends', async () => {
    child = start('console.log(process.version, process.argv[2]); process.exitCode = 7;');
    const [line, code] = await Promise.all([firstLine(child), ended(child)]);
    const { version } = JSON.parse(
      readFileSync(resolve(__dirname, '../../node_modules/node/package.json'), 'utf8'),
    ) as { version: string };
    expect(line).toBe(`v${version} given`);
    expect(code).toBe(7);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('hands on %s and waits for the script', async (signal) => {
    child = start(
      `process.on('${signal}', () => setTimeout(() => process.exit(3), 100)); console.log('up'); setTimeout(() => {}, 60_000);`,
    );
    await firstLine(child);
    child.kill(signal);
    expect(await ended(child)).toBe(3);
  });
});
