import type { TrendDto } from '../src/readiness/trend/trend.dto';
import { useGateway } from './gateway';

const PATH = '/api/v2/voicelink/readiness/trend';
const POINT = {
  ...{ at: new Date('2026-06-09T00:00:00.000Z'), numbers: 5, declared: 4, stale: 1 },
  states: { READY: 3, NO_BOT: 2 },
};

describe('GET /readiness/trend', () => {
  const gateway = useGateway();
  const ask = async (query = '') => {
    const { status, json } = await gateway.ask('GET', `${PATH}${query}`);
    return { status, json: { error: json.error, data: json.data as TrendDto } };
  };
  const { asked } = gateway.world.trend;

  it('shows the counts with every state, also with 0', async () => {
    gateway.world.trend.counted = [POINT];
    const [told] = (await ask()).json.data.points;
    const { by_state: states = {}, ...point } = told ?? {};
    expect(point).toEqual({ at: '2026-06-09T00:00:00.000Z', numbers: 5, declared: 4, stale: 1 });
    expect([Object.keys(states).length, states['READY'], states['NO_BOT'], states['UNKNOWN']]).toEqual([11, 3, 2, 0]);
  });

  it.each([
    ['', { step: 'day', days: 30 }],
    ['?days=400', { step: 'day', days: 400 }],
    ['?step=hour', { step: 'hour', days: 8 }],
    ['?step=hour&days=1', { step: 'hour', days: 1 }],
  ])('of "%s" is asked for as far back as it says', async (query, want) => {
    const answer = await ask(query);
    expect([answer.status, answer.json.data]).toEqual([200, { points: [] }]);
    expect(asked).toEqual([{ partnerId: gateway.tenant.partnerId, ...want }]);
  });

  it.each(['?step=week', '?days=0', '?days=401', '?step=hour&days=9', '?days=x', '?limit=1'])(
    'refuses %s',
    async (query) => {
      const { status, json } = await ask(query);
      expect([status, json.error.code, asked]).toEqual([400, 'VALIDATION_ERROR', []]);
    },
  );

  it('is of one connection when it is named, and of none that another partner has', async () => {
    const { connectionId } = gateway.tenant;
    await ask(`?connection_id=${connectionId}`);
    expect(asked).toMatchObject([{ connectionId }]);
    const other = gateway.world.addTenant();
    expect((await ask(`?connection_id=${other.connectionId}`)).json.error.code).toBe('CONNECTION_NOT_FOUND');
  });

  it('is read once for all that ask within a second', async () => {
    await Promise.all([ask(), ask(), ask('?days=30')]);
    expect(asked).toHaveLength(1);
    await gateway.world.waitClock.advance(2_000);
    await ask();
    expect(asked).toHaveLength(2);
  });
});
