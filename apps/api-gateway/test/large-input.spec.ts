import { useGateway } from './gateway';
import { KEY } from './observations';

const ONE = `/api/v2/voicelink/bindings/${KEY}`;
const LIST = '/api/v2/voicelink/readiness';

const numbered = (count: number, text: (nth: number) => string): string =>
  Array.from({ length: count }, (_, nth) => text(nth)).join(',');

describe('input that is larger than any route takes', () => {
  const gateway = useGateway();
  const refused = async (payload: string) => {
    const { status, json } = await gateway.ask('PUT', ONE, { payload });
    return [status, json.error.message, json.error.details?.map(({ field }) => field)];
  };

  it.each([
    [
      '257 fields',
      `{${numbered(257, (nth) => `"a${String(nth)}":1`)}}`,
      'The body must not have more than 256 fields.',
    ],
    ['one field 257 times', `{${numbered(257, () => '"a":1')}}`, 'The body must not have more than 256 fields.'],
    [
      'fields in objects in a list',
      `{"a":[${numbered(257, () => '{"a":1}')}]}`,
      'The body must not have more than 256 fields.',
    ],
    [
      '3,000 items',
      `{"a":[${numbered(3_000, () => '1')}]}`,
      'The lists of the body must not have more than 2000 items together.',
    ],
    [
      'lists in 33 levels',
      `{"a":${'['.repeat(32)}${']'.repeat(32)}}`,
      'The body must not be nested more than 32 levels deep.',
    ],
  ])('is refused before it is read: %s', async (_name, payload, message) => {
    expect(await refused(payload)).toEqual([400, message, ['body']]);
  });

  it('is told apart from signs in texts', async () => {
    const text = `${':,[{'.repeat(2_000)}\\"${':'.repeat(300)}`;
    const [status, message] = await refused(`{"bot_name":"${text}"}`);
    expect([status, message]).toEqual([400, expect.stringContaining('agent_id')]);
  });

  it('names twenty unknown fields, and says how many more there are', async () => {
    const { json } = await gateway.ask('PUT', ONE, {
      payload: `{"agent_id":"${gateway.tenant.agentId}",${numbered(200, (nth) => `"a${String(nth)}":1`)}}`,
    });
    expect(json.error.details).toHaveLength(20);
    expect(json.error.message).toMatch(/a19 is not known here: remove it\. There are 180 more\.$/);
  });

  it('does not repeat a long name', async () => {
    const name = 'u'.repeat(60_000);
    for (const answer of [
      await gateway.ask('PUT', ONE, { payload: `{"${name}":1}` }),
      await gateway.ask('DELETE', ONE, { payload: `{"${name}":1}` }),
      await gateway.ask('GET', `${LIST}?${name.slice(0, 10_000)}=1`),
    ]) {
      expect([answer.status, answer.text.length < 1_000]).toEqual([400, true]);
    }
  });

  it('is counted in a query too', async () => {
    const answer = await gateway.ask(
      'GET',
      `${LIST}?${numbered(257, (nth) => `a${String(nth)}=`).replaceAll(',', '&')}`,
    );
    expect([answer.status, answer.json.error.message]).toEqual([
      400,
      'The query must not have more than 256 parameters.',
    ]);
  });

  it('is not read for a key without the scope', async () => {
    const { apiKey } = gateway.world.addTenant(['bindings:read']);
    for (const payload of ['{', '[]', 'x'.repeat(70_000), `{${numbered(300, (nth) => `"a${String(nth)}":1`)}}`]) {
      const { status, json } = await gateway.ask('PUT', ONE, { payload, apiKey });
      expect([status, json.error.code]).toEqual([403, 'FORBIDDEN']);
    }
    const line = JSON.parse(gateway.log.at(-1) ?? '{}') as object;
    expect(line).toHaveProperty('partner_id');
  });
});
