import { NO_MARKS } from '@dialtone/domain';
import { declarationEntries, holdBegunEntry, type HistoryRecord } from '@dialtone/engine';
import { aSpec } from '@dialtone/testing';
import type { ExplanationDto, HistoryPageDto } from '../src/history/history.dto';
import { useGateway } from './gateway';
import { KEY } from './observations';

const ROOT = '/api/v2/voicelink';
const OF_NUMBER = `${ROOT}/bindings/${KEY}/history`;
const AUTHOR = { actor: 'key-1', manager: 'crm', requestId: 'req-1' };

describe('the history', () => {
  const gateway = useGateway();
  const page = async (url: string): Promise<HistoryPageDto> => (await gateway.ask('GET', url)).json.data;
  const kinds = async (url: string): Promise<readonly string[]> => (await page(url)).entries.map(({ kind }) => kind);

  /** A declaration that was made, changed and withdrawn, and a hold. */
  const lived = (): void => {
    const { partnerId, connectionId, agentId } = gateway.tenant;
    const first = { ...aSpec({ agentId }), id: 'b', partnerId, connectionId, key: KEY, generation: 1 };
    const before = { binding: first as never, marks: NO_MARKS };
    const after = { binding: { ...first, generation: 2 } as never, marks: NO_MARKS };
    gateway.world.history.keep([
      ...declarationEntries({ before: null, after: before }, AUTHOR),
      ...declarationEntries({ before, after }, AUTHOR),
      holdBegunEntry({ partnerId, connectionId }, 'Too much broke'),
      ...declarationEntries({ before: after, after: null }, { ...AUTHOR, actor: 'key-2' }),
    ]);
  };

  it('outlives the declaration: of a number, and of the partner, the newest first', async () => {
    lived();
    expect(await kinds(OF_NUMBER)).toEqual(['declaration_withdrawn', 'declaration_updated', 'declaration_created']);
    const [, , held] = (await page(`${ROOT}/history`)).entries.toReversed();
    expect(held).toMatchObject({
      kind: 'hold_begun',
      key: null,
      actor: 'reconciler',
      after: { reason: 'Too much broke' },
    });
    expect((await page(OF_NUMBER)).entries[0]).toMatchObject({
      ...{ key: KEY, connection_id: gateway.tenant.connectionId, actor: 'key-2', manager: 'crm', request_id: 'req-1' },
      ...{ before: { generation: 2, bot_name: null }, after: null, outcomes: [], answer: null },
    });
  });

  it('is read page by page', async () => {
    lived();
    const first = await page(`${ROOT}/history?limit=3`);
    const second = await page(`${ROOT}/history?limit=3&cursor=${String(first.next_cursor)}`);
    expect([...first.entries, ...second.entries]).toEqual((await page(`${ROOT}/history`)).entries);
    expect([first.entries.length, second.entries.length, second.next_cursor]).toEqual([3, 1, null]);
  });

  it('is filtered by kind, actor, connection and time', async () => {
    lived();
    const at = (await page(OF_NUMBER)).entries[0]?.at ?? '';
    expect(await kinds(`${ROOT}/history?kind=hold_begun`)).toEqual(['hold_begun']);
    expect(await kinds(`${ROOT}/history?actor=key-2`)).toEqual(['declaration_withdrawn']);
    expect(await kinds(`${OF_NUMBER}?connection_id=${gateway.tenant.connectionId}`)).toHaveLength(3);
    expect(await kinds(`${OF_NUMBER}?to=2020-01-01T00:00:00Z`)).toEqual([]);
    expect(await kinds(`${OF_NUMBER}?from=${at}&kind=declaration_withdrawn`)).toHaveLength(1);
  });

  it.each(['kind=other', 'from=yesterday', 'from=2026-06-09', 'to=2026-99-09T10:35:00Z', 'limit=101', 'cursor=x'])(
    'refuses %s',
    async (query) => {
      expect((await gateway.ask('GET', `${ROOT}/history?${query}`)).status).toBe(400);
    },
  );

  it('explains a declared number, each statement with links to what it rests on', async () => {
    await gateway.ask('PUT', `${ROOT}/bindings/${KEY}`, { body: { agent_id: gateway.tenant.agentId } });
    const { partnerId, connectionId } = gateway.tenant;
    const verdict = { kind: 'verdict_changed', partnerId, connectionId, key: KEY, ...AUTHOR } as const;
    gateway.world.history.keep([{ ...verdict, before: null, after: { state: 'NO_BOT', issues: ['NO_BOT'] } }]);
    const { statements }: ExplanationDto = (await gateway.ask('GET', `${ROOT}/bindings/${KEY}/why`)).json.data;
    expect(statements.map(({ topic }) => topic)).toEqual(expect.arrayContaining(['state', 'since', 'next', 'person']));
    const [link = ''] = statements.find(({ topic }) => topic === 'since')?.entries ?? [];
    const found = (await page(link)).entries as readonly Pick<HistoryRecord, 'kind'>[];
    expect(found.map(({ kind }) => kind)).toEqual(['verdict_changed']);
  });

  it('explains nothing that is not declared', async () => {
    expect((await gateway.ask('GET', `${ROOT}/bindings/${KEY}/why`)).status).toBe(404);
  });
});
