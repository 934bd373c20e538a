import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_STATUS, type ErrorCode } from '../../src/http/errors/api-error';
import { listsIn, type ListDocument } from './document-lists';
import { LimitWorld } from './limit-world';
import { LIMITS } from './partner-limits';

const docs = (path: string): string => readFileSync(join(__dirname, '../../../../docs', path), 'utf8');
const PAGE = docs('limits.md');
/** Generated from the code. */
const CONFIGURATION = docs('operations/configuration.md');

const LISTS = listsIn(JSON.parse(docs('api/openapi.json')) as ListDocument);

/** Statuses that say that something was too much; what VoiceLink and the carriers say is not a limit of ours. */
const TOO_MUCH = new Set([413, 414, 429, 431]);
const isOfLimit = (code: ErrorCode): boolean =>
  !/^(?:VOICELINK|CARRIER)_/.test(code) && (code.endsWith('_LIMIT_REACHED') || TOO_MUCH.has(ERROR_STATUS[code]));

let world: LimitWorld;
beforeAll(async () => {
  world = await LimitWorld.start();
});
afterAll(() => world.stop());

describe('what a partner may use', () => {
  it.each(LIMITS)('has an end, and the refusal names it: $name', async ({ name, code, says, heals, ...limit }) => {
    const party = await world.addParty(name);
    const answer = await limit.exceed(world, party);
    expect(answer).toMatchObject({ status: ERROR_STATUS[code], code, message: expect.stringMatching(says) as string });
    expect([name, answer.retryAfter !== null]).toEqual([name, heals]);
    if (heals) expect(answer.retryAfter).toBeGreaterThan(0);
    if (limit.neighbour === null) return;
    const other = await world.addParty(`beside ${name}`);
    expect((await world.ask(other, limit.neighbour(other))).code).not.toBe(code);
  });

  it.each(LISTS)(
    'is documented for each list, and refused with its name and length: $field of $method $path',
    async (list) => {
      const { method, path, field, maxItems } = list;
      const party = await world.addParty(`${method} ${path} ${field}`);
      const payload = { [field]: Array.from({ length: maxItems + 1 }, () => '+918011223344') };
      const answer = await world.ask(party, { method, url: path.replace('{provider}', 'vobiz'), payload });
      expect(answer).toMatchObject({ status: 400, code: 'VALIDATION_ERROR' });
      expect(answer.message).toMatch(new RegExp(`${field} must be .*\\b${String(maxItems)}\\b`));
    },
  );

  it('is known as a whole: each variable and each error code of a limit has its row', () => {
    const variables = [...CONFIGURATION.matchAll(/^\| `((?:MAX_|RATE_LIMIT_)\w+)`/gm)].map(([, name]) => name);
    expect(variables.length).toBeGreaterThan(3);
    const settings = LIMITS.flatMap(({ setting }) => setting ?? []);
    expect(new Set<unknown>(settings)).toEqual(new Set(variables));
    const codes = (Object.keys(ERROR_STATUS) as ErrorCode[]).filter(isOfLimit);
    expect(codes.filter((code) => !LIMITS.some((limit) => limit.code === code))).toEqual([]);
  });

  it('is in the documents, row by row', () => {
    const rows = [...PAGE.matchAll(/^\| (?!-|limit )([^|]+?) +\|([^|]+)\|([^|]+)\|([^|]+)\|$/gm)].map(
      ([, name = '', setting = '', code = '', wait = '']) => ({
        name,
        setting: /`([A-Z_]+)`/.exec(setting)?.[1] ?? null,
        code: /`(\w+)`/.exec(code)?.[1],
        heals: wait.includes('Retry-After'),
      }),
    );
    expect(rows).toEqual(LIMITS.map(({ name, setting, code, heals }) => ({ name, setting, code, heals })));
  });
});
