import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClientWorld } from './client-world';
import { GO, PYTHON, TYPESCRIPT, type Language } from './languages';

/** The first run on a machine fetches the generators and compiles them. */
const FIRST_RUN_MS = 600_000;

let world: ClientWorld;
const folders: string[] = [];

const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'dialtone-client-'));
  folders.push(folder);
  await writeFile(join(folder, 'openapi.json'), await world.document());
  return folder;
};

const startAsPartner = async ({ name, start }: Language, folder: string): Promise<unknown> =>
  JSON.parse(await start(folder, await world.newPartner(name))) as unknown;

beforeAll(async () => {
  world = await ClientWorld.start(3);
});
afterAll(async () => {
  await world.stop();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

describe('a client that is generated from the OpenAPI document', () => {
  let folder: string;

  it('compiles with the program of a partner, and refuses what the gateway would refuse', async () => {
    folder = await newFolder();
    await expect(TYPESCRIPT.build(folder)).resolves.toBeUndefined();
  });

  it('takes a new client, a mapped number and call-ready all the way to READY', async () => {
    expect(await startAsPartner(TYPESCRIPT, folder)).toEqual({
      before: 'NO_BOT',
      page: true,
      ready: true,
      steps: [
        'resolve_did done',
        'import_did already',
        'client_mapping already',
        'ensure_bot done',
        'ensure_routing done',
        'assign_agent done',
      ],
      state: 'READY',
      listed: expect.any(Number) as number,
      call: 'pending',
      refused: 'VALIDATION_ERROR',
      declared: 'READY',
      drift: false,
    });
  });
});

describe.each([PYTHON, GO])('a $name client that is generated from the OpenAPI document', (language) => {
  let folder: string;

  it(
    'is generated without a warning, and its types fit the program of a partner',
    async () => {
      folder = await newFolder();
      await expect(language.build(folder)).resolves.toBeUndefined();
    },
    FIRST_RUN_MS,
  );

  it('takes a number from a new agent by a declaration to READY', async () => {
    expect(await startAsPartner(language, folder)).toEqual({
      before: 'NO_CLIENT_MAPPING',
      imported: [true],
      state: 'READY',
      steps: [
        'resolve_did already',
        'import_did already',
        'client_mapping already',
        'ensure_bot already',
        'ensure_routing already',
        'assign_agent already',
      ],
      ready: [true],
      drift: false,
      refused: true,
    });
  });
});
