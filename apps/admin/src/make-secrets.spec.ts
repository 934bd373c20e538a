import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayConfig } from '@dialtone/platform';
import { explain } from './explain';
import { adminProgram } from './program';

const NAMES = ['API_KEY_PEPPER', 'CREDENTIALS_KEYS'];

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'dialtone-secrets-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** What the command printed, or the sentence with which it failed. It needs no configuration. */
const make = async (directory: string): Promise<unknown> => {
  const write = jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const none = (): never => {
    throw new Error('the configuration was read');
  };
  try {
    await adminProgram(none, {}).parseAsync(['node', 'admin', 'make-secrets', directory]);
    return JSON.parse(String(write.mock.calls[0]?.[0]));
  } catch (error) {
    return explain(error);
  } finally {
    write.mockRestore();
  }
};
const contents = (directory: string): readonly string[] =>
  NAMES.map((name) => readFileSync(join(directory, name), 'utf8'));

describe('make-secrets', () => {
  it('makes secrets that a process starts with, and that its user alone can read', async () => {
    const directory = join(root, 'new');
    expect(await make(directory)).toEqual({ directory, made: NAMES, kept: [] });
    expect(readdirSync(directory).sort()).toEqual(NAMES);
    for (const name of NAMES) expect(statSync(join(directory, name)).mode & 0o777).toBe(0o400);
    const files = Object.fromEntries(NAMES.map((name) => [`${name}_FILE`, join(directory, name)]));
    const { apiKeyPepper, credentialsKeys } = gatewayConfig({ DATABASE_URL: 'postgres://u@h/d', ...files });
    expect([apiKeyPepper.length, credentialsKeys.current]).toEqual([32, 'k1']);
  });

  it('keeps what is there, and makes others each time', async () => {
    await make(join(root, 'a'));
    await make(join(root, 'b'));
    const before = contents(join(root, 'a'));
    expect(await make(join(root, 'a'))).toMatchObject({ made: [], kept: NAMES });
    expect(contents(join(root, 'a'))).toEqual(before);
    expect(new Set([...before, ...contents(join(root, 'b'))].map((text) => text.replace('k1:', ''))).size).toBe(4);
    rmSync(join(root, 'a', 'API_KEY_PEPPER'));
    expect(await make(join(root, 'a'))).toMatchObject({ made: ['API_KEY_PEPPER'], kept: ['CREDENTIALS_KEYS'] });
    expect(contents(join(root, 'a'))[1]).toBe(before[1]);
  });

  it('says in a sentence where it cannot write', async () => {
    writeFileSync(join(root, 'file'), '');
    expect(await make(join(root, 'file'))).toMatch(/^Secrets cannot be written to .*file: /);
    expect(existsSync(join(root, 'file', 'API_KEY_PEPPER'))).toBe(false);
  });
});
