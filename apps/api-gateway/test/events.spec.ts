import { randomUUID } from 'node:crypto';
import { EVENT_EXAMPLES, type AnyLoggedEvent, type OutboundEventType } from '@dialtone/contracts';
import { NO_MARKS } from '@dialtone/domain';
import type { EventsPageDto } from '../src/events/events.dto';
import { useGateway } from './gateway';
import { KEY } from './observations';

const URL = '/api/v2/voicelink/events';
const READINESS = 'dialtone.readiness.changed.v1';
const DELETED = 'dialtone.binding.deleted.v1';
const WARNING = 'dialtone.warning.raised.v1';
const OTHER_KEY = '918099999999';

interface Told {
  readonly key?: string;
  readonly partnerId?: string;
  readonly data?: object;
}

describe('events', () => {
  const gateway = useGateway();
  const page = async (query = ''): Promise<EventsPageDto> => (await gateway.ask('GET', `${URL}${query}`)).json.data;
  const names = new Map<string, string>();
  const namesOf = ({ events }: EventsPageDto): readonly string[] => events.map(({ id }) => names.get(id) ?? id);
  const ids = async (query = ''): Promise<readonly string[]> => namesOf(await page(query));

  /** Logs an event, of the tenant unless something else is given; the tests call it by a name. */
  const log = (
    type: OutboundEventType,
    name: string,
    { key = KEY, partnerId = gateway.tenant.partnerId, data = {} }: Told = {},
  ): void => {
    const ofNumber = type !== WARNING;
    const id = randomUUID();
    names.set(id, name);
    const connectionId = gateway.tenant.connectionId;
    const scope = { partner_id: partnerId, connection_id: connectionId };
    const number = ofNumber ? { key, phone_number: `+${key}`, seq: 7 } : {};
    gateway.world.tables.log.append({
      ...{ event_id: id, type, connection_id: connectionId, key: ofNumber ? key : null, seq: ofNumber ? 7 : null },
      data: { ...EVENT_EXAMPLES[type], ...scope, ...number, ...data },
    } as unknown as AnyLoggedEvent);
  };

  it('are those of Kafka, as one JSON object each', async () => {
    log(READINESS, 'a');
    log(WARNING, 'b');
    const answer = await page();
    const { events } = answer;
    expect([answer.has_more, namesOf(answer)]).toEqual([false, ['a', 'b']]);
    expect(events).toMatchObject([
      {
        specversion: '1.0',
        ...{ type: READINESS, source: `/voicelink/connections/${gateway.tenant.connectionId}` },
        ...{ subject: `+${KEY}`, sequence: '00000000000000000007', dataschema: `urn:dialtone:event:${READINESS}` },
        ...{ datacontenttype: 'application/json', data: { key: KEY, state: EVENT_EXAMPLES[READINESS].state } },
      },
      { type: WARNING },
    ]);
    expect(events[1]).not.toHaveProperty('subject');
    expect(events[1]).not.toHaveProperty('sequence');
  });

  it("are read page by page, without a gap, and without another partner's", async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      log(READINESS, id);
      log(READINESS, `not ${id}`, { partnerId: 'another' });
    }
    const seen: string[] = [];
    let last: EventsPageDto = { events: [], next_cursor: '', has_more: true };
    while (last.has_more) {
      last = await page(`?limit=2${last.next_cursor === '' ? '' : `&cursor=${last.next_cursor}`}`);
      seen.push(...namesOf(last));
    }
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await ids(`?cursor=${last.next_cursor}`)).toEqual([]);
    log(READINESS, 'later');
    expect(await ids(`?cursor=${last.next_cursor}`)).toEqual(['later']);
  });

  it('are read in bounded pieces when few of many match: the cursor goes on all the same', async () => {
    for (let nth = 0; nth < 6_000; nth += 1) log(WARNING, String(nth));
    log(READINESS, 'sought');
    const first = await page(`?type=${READINESS}`);
    expect([first.events, first.has_more]).toEqual([[], true]);
    expect(await ids(`?type=${READINESS}&cursor=${first.next_cursor}`)).toEqual(['sought']);
  });

  it.each([
    { query: `type=${READINESS}`, want: ['own', 'other number'] },
    { query: `type=${READINESS},${WARNING}`, want: ['own', 'other number', 'warning'] },
    { query: `number=${KEY}`, want: ['own', 'deleted'] },
    { query: `number=%2B${OTHER_KEY}`, want: ['other number'] },
    { query: `labels=team%3Dsales`, want: ['own', 'deleted'] },
    { query: `labels=team%3Dother`, want: ['other end'] },
    { query: `type=${WARNING}&number=${KEY}`, want: [] },
  ])('are chosen by $query', async ({ query, want }) => {
    const { partnerId, agentId, connectionId } = gateway.tenant;
    gateway.world.views.set(`${partnerId}/${KEY}`, {
      binding: { agentId, connectionId },
      marks: { ...NO_MARKS, labels: { team: 'sales' } },
    } as never);
    log(READINESS, 'own');
    log(READINESS, 'other number', { key: OTHER_KEY });
    log(WARNING, 'warning');
    log(DELETED, 'deleted');
    const end = want.includes('other end') ? 'other end' : null;
    if (end !== null) log(DELETED, end, { key: OTHER_KEY });
    expect(await ids(`?${query}`)).toEqual(want);
  });

  it('are chosen by the agent of the declaration, or of the event itself', async () => {
    const { partnerId, agentId, connectionId } = gateway.tenant;
    gateway.world.views.set(`${partnerId}/${KEY}`, { binding: { agentId, connectionId }, marks: NO_MARKS } as never);
    log(READINESS, 'declared now', { data: { agent_id: undefined } });
    log(DELETED, 'declared before', { key: OTHER_KEY, data: { agent_id: agentId } });
    log(READINESS, 'of none', { key: OTHER_KEY, data: { agent_id: undefined } });
    expect(await ids(`?agent_id=${agentId}`)).toEqual(['declared now', 'declared before']);
  });

  it('are chosen by a connection, which must exist', async () => {
    log(READINESS, 'own');
    expect(await ids(`?connection_id=${gateway.tenant.connectionId}`)).toEqual(['own']);
    const other = gateway.world.addConnection(gateway.tenant.partnerId);
    expect(await ids(`?connection_id=${other}`)).toEqual([]);
    const foreign = gateway.world.addTenant().connectionId;
    const refused = await gateway.ask('GET', `${URL}?connection_id=${foreign}`);
    expect([refused.status, refused.json.error.code]).toEqual([404, 'CONNECTION_NOT_FOUND']);
  });

  it('are followed from now on with the cursor of an answer to "latest": what is told while one lists is not missed', async () => {
    for (const id of ['a', 'b']) log(READINESS, id);
    const now = await page('?cursor=latest');
    log(READINESS, 'while listing');
    expect([now.events, now.has_more]).toEqual([[], false]);
    expect(await ids(`?cursor=${now.next_cursor}`)).toEqual(['while listing']);
  });

  it('that were deleted are not passed over in silence: 410 says to list again', async () => {
    for (const id of ['a', 'b', 'c']) log(READINESS, id);
    const { next_cursor: early } = await page('?limit=1');
    const { next_cursor: late } = await page('?limit=2');
    gateway.world.tables.log.pruneOldest(2);
    const gone = await gateway.ask('GET', `${URL}?cursor=${early}`);
    expect([gone.status, gone.json.error.code]).toEqual([410, 'CURSOR_EXPIRED']);
    expect(gone.json.error.message).toMatch(/list again what you follow/);
    // Who had read all that is deleted has missed nothing; and without a cursor the oldest one that is kept comes first.
    expect([await ids(`?cursor=${late}`), await ids()]).toEqual([['c'], ['c']]);
  });

  it('of another log are gone as well: a cursor beyond the end', async () => {
    log(READINESS, 'a');
    const { next_cursor: cursor } = await page();
    gateway.world.tables.log.clear();
    expect((await gateway.ask('GET', `${URL}?cursor=${cursor}`)).status).toBe(410);
  });

  it.each(['type=dialtone.none.v1', `type=${READINESS},`, 'number=abc', 'cursor=abc', 'limit=1001', 'labels=,'])(
    'are not read with %s',
    async (query) => {
      expect((await gateway.ask('GET', `${URL}?${query}`)).status).toBe(400);
    },
  );

  it('of a type that this version does not know are left to the next one', async () => {
    log(READINESS, 'a');
    const unknown = 'dialtone.later.v1' as typeof READINESS;
    gateway.world.tables.log.append({ ...gateway.world.tables.log.events[0], type: unknown } as never);
    const answer = await gateway.ask('GET', URL);
    expect([answer.status, answer.json.error.code]).toEqual([503, 'SERVICE_UNAVAILABLE']);
    expect(await ids(`?type=${READINESS}`)).toEqual(['a']);
  });
});
