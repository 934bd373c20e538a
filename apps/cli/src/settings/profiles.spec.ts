import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { profilesPath, readProfiles, writeProfiles } from './profiles';
import { targetOf } from './target';

const KEY = 'rg_live_0123456789abcdef';
const FIRST = { current: 'ops', profiles: { ops: { address: 'https://one.example.com', api_key: KEY } } };
const OTHER_KEY = 'rg_live_ffffffffffffffff';

let home: string;
let path: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'dialtone-profiles-'));
  path = profilesPath({ XDG_CONFIG_HOME: home });
});
afterEach(() => rm(home, { recursive: true, force: true }));

const modeOf = async (file: string): Promise<string> => ((await stat(file)).mode & 0o777).toString(8);

describe('saved profiles', () => {
  it('are read as they were written', async () => {
    await writeProfiles(path, FIRST);
    expect(await readProfiles(path)).toEqual(FIRST);
  });

  it('lie in a folder and a file of one person, also where the folder was open, and leave nothing beside', async () => {
    await writeProfiles(path, FIRST);
    await chmod(dirname(path), 0o755);
    await writeProfiles(path, FIRST);
    expect([await modeOf(dirname(path)), await modeOf(path)]).toEqual(['700', '600']);
    expect(await readdir(dirname(path))).toEqual(['config.yaml']);
  });

  it('are refused when others may read them, with the command that mends it', async () => {
    await writeProfiles(path, FIRST);
    await chmod(path, 0o640);
    await expect(readProfiles(path)).rejects.toThrow(`chmod 600 '${path}'`);
  });

  it('are none without a file', async () => {
    expect(await readProfiles(path)).toEqual({ current: null, profiles: {} });
  });

  it.each([
    ['profiles: { ops: { address: 7 } }', 'profiles.ops'],
    ['profiles: [', 'config.yaml'],
  ])('that cannot be read name the file: %s', async (text, where) => {
    await writeProfiles(path, FIRST);
    await writeFile(path, text);
    await expect(readProfiles(path)).rejects.toThrow(where);
  });
});

describe('the gateway and the key of a command', () => {
  beforeEach(() =>
    writeProfiles(path, {
      ...FIRST,
      profiles: { ...FIRST.profiles, dev: { address: 'http://127.0.0.1:3000', api_key: OTHER_KEY } },
    }),
  );
  const env = (more: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({
    XDG_CONFIG_HOME: home,
    ...more,
  });

  it.each([
    { name: 'the profile that logged in last', more: {}, flags: {}, is: ['https://one.example.com', KEY] },
    { name: 'a named profile', more: {}, flags: { profile: 'dev' }, is: ['http://127.0.0.1:3000', OTHER_KEY] },
    {
      name: 'a profile of the environment',
      more: { DIALTONE_PROFILE: 'dev' },
      flags: {},
      is: ['http://127.0.0.1:3000', OTHER_KEY],
    },
    {
      name: 'the environment before the profile',
      more: { DIALTONE_API_KEY: 'k', DIALTONE_ADDRESS: 'http://h:1/' },
      flags: {},
      is: ['http://h:1', 'k'],
    },
    {
      name: 'a flag before the environment',
      more: { DIALTONE_API_KEY: 'k', DIALTONE_ADDRESS: 'http://h:1' },
      flags: { address: 'http://f' },
      is: ['http://f', 'k'],
    },
  ])('are those of $name', async ({ more, flags, is }) => {
    const { address, apiKey } = await targetOf(env(more), flags);
    expect([address, apiKey]).toEqual(is);
  });

  it('say where they came from', async () => {
    expect(await targetOf(env({ DIALTONE_API_KEY: 'k' }), { profile: 'dev' })).toMatchObject({
      addressFrom: 'the profile dev',
      keyFrom: 'the variable DIALTONE_API_KEY',
      profile: 'dev',
    });
  });

  it('a key that was saved for one gateway is not sent to another', async () => {
    await expect(targetOf(env(), { address: 'http://elsewhere' })).rejects.toThrow('no API key for http://elsewhere');
  });

  it.each([
    [{}, { profile: 'nobody' }, 'It has: ops, dev'],
    [{ DIALTONE_ADDRESS: 'ftp://h' }, {}, 'DIALTONE_ADDRESS'],
    [{ DIALTONE_ADDRESS: 'http://user:secret@h' }, {}, 'API key only'],
  ])('are refused with a way out: %j %j', async (more, flags, says) => {
    await expect(targetOf(env(more), flags)).rejects.toThrow(says);
  });
});
