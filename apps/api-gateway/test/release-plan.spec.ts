import type { DidKey } from '@dialtone/domain';
import type { BatchPlanDto } from '../src/bindings/plan/batch-plan.dto';
import type { PlanDto } from '../src/bindings/plan/plan.dto';
import { useGateway } from './gateway';
import { NOW, readyObservation, unobserved } from './observations';

const BINDINGS = '/api/v2/voicelink/bindings';
const keyOf = (nth: number): DidKey => `9180112${String(nth).padStart(5, '0')}` as DidKey;

const gateway = useGateway();
const { world } = gateway;
const item = (nth: number, more: object = {}): object => ({
  number: keyOf(nth),
  agent_id: gateway.tenant.agentId,
  ...more,
});
const observe = (nth: number): void => {
  const { partnerId, connectionId, agentId } = gateway.tenant;
  const observation = readyObservation(keyOf(nth), agentId);
  world.store(partnerId, { ...unobserved(connectionId, keyOf(nth)), observedAt: NOW, observation });
};
const declare = async (...items: readonly object[]): Promise<void> => {
  const { json } = await gateway.ask('POST', `${BINDINGS}:batch`, { body: { items, manager: 'crm', atomic: true } });
  expect(json.data).toMatchObject({ applied: true });
};
const withdraw = (nth: number, release: string) =>
  gateway.ask('DELETE', `${BINDINGS}/${keyOf(nth)}?manager=crm&release=${release}`);
const planOf = async (nth: number): Promise<PlanDto> =>
  (await gateway.ask('GET', `${BINDINGS}/${keyOf(nth)}/plan`)).json.data;
const needed = ({ steps }: Pick<PlanDto, 'steps'>) => steps.filter(({ status }) => status === 'needed');

/** Two that are kept and 40 that leave, each with a call of its own. */
const LEAVING = 40;
const prune = async (more: object = {}): Promise<BatchPlanDto> => {
  const body = { items: [item(0)], manager: 'crm', prune: true, force: true, ...more };
  return (await gateway.ask('POST', `${BINDINGS}:plan`, { body })).json.data;
};
const declareMany = async (release: string): Promise<void> => {
  for (let nth = 0; nth <= LEAVING; nth += 1) observe(nth);
  await declare(item(0), ...Array.from({ length: LEAVING }, (_, nth) => item(nth + 1, { release })));
};

describe('the plan of a binding that is being released', () => {
  it('shows the step of the release with its fields before and after, risk, calls and time', async () => {
    observe(0);
    await declare(item(0));
    expect((await withdraw(0, 'outbound_off')).status).toBe(202);
    const plan = await planOf(0);
    expect(plan).toMatchObject({ generation: 2, risk: 'high', calls: 1, seconds_at_least: 0 });
    expect(plan.steps).toHaveLength(6);
    expect(needed(plan)).toMatchObject([
      {
        step: 'ensure_routing',
        action: { kind: 'outbound_off', routing_id: 120, fields: { for_outbound_call: 4 } },
        before: { for_outbound_call: 3, outbound_websocket_bot_id: 93 },
        after: { for_outbound_call: 4, outbound_websocket_bot_id: null },
        calls: 1,
      },
    ]);
    expect(needed(plan)[0]?.known_after_apply).toBeUndefined();
  });

  it('shows that unassigning the agent costs VoiceLink nothing', async () => {
    observe(0);
    await declare(item(0));
    await withdraw(0, 'unassign_agent');
    const plan = await planOf(0);
    expect(plan).toMatchObject({ risk: 'medium', calls: 0 });
    expect(needed(plan)).toMatchObject([
      { step: 'assign_agent', before: { agent_id: gateway.tenant.agentId }, after: { agent_id: null } },
    ]);
  });

  it('stands beside why, which tells of the withdrawal', async () => {
    await declare(item(0));
    await withdraw(0, 'outbound_off');
    const { status, json } = await gateway.ask('GET', `${BINDINGS}/${keyOf(0)}/why`);
    const { statements } = json.data as unknown as { statements: readonly { topic: string; text: string }[] };
    expect(status).toBe(200);
    expect(statements.find(({ topic }) => topic === 'withdrawal')?.text).toContain(
      'its outbound calls are switched off',
    );
  });

  it('is the plan of the declaration again once the number is declared again', async () => {
    observe(0);
    await declare(item(0));
    await withdraw(0, 'outbound_off');
    await declare(item(0));
    expect(needed(await planOf(0))).toEqual([]);
  });
});

describe('the plan of a batch that prunes', () => {
  it('counts what the releases cost, in all, per connection and in time', async () => {
    await declareMany('outbound_off');
    const { pruned, calls, seconds_at_least: seconds, connections, risk } = await prune();
    expect(pruned).toHaveLength(LEAVING);
    for (const one of pruned) expect(one).toMatchObject({ result: 'withdrawn', releasing: 'outbound_off', calls: 1 });
    expect(needed({ steps: pruned[0]?.steps ?? [] })).toHaveLength(1);
    // 40 calls; 16 of a burst of 20 are the reconciler's, and the others pass at 10 a second.
    expect([calls, seconds, risk]).toEqual([LEAVING, 3, 'high']);
    expect(connections).toEqual([
      {
        connection_id: gateway.tenant.connectionId,
        numbers: LEAVING + 1,
        calls: LEAVING,
        seconds_at_least: 3,
      },
    ]);
  });

  it('costs nothing for what is kept as it is', async () => {
    await declareMany('keep');
    const { pruned, calls, connections } = await prune();
    expect(pruned[0]).toEqual({ index: 0, key: keyOf(1), result: 'withdrawn' });
    expect([calls, connections[0]?.numbers]).toEqual([0, 1]);
  });

  it('becomes stale when what a release stands on has changed', async () => {
    await declareMany('outbound_off');
    const { hash } = await prune();
    const { partnerId, connectionId, agentId } = gateway.tenant;
    const { routing, ...others } = readyObservation(keyOf(7), agentId);
    const observation = { ...others, routing: routing && { ...routing, outboundBotId: 88 } };
    world.store(partnerId, { ...unobserved(connectionId, keyOf(7)), observedAt: NOW, observation });
    const body = { items: [item(0)], manager: 'crm', prune: true, force: true, plan: hash };
    const { json } = await gateway.ask('POST', `${BINDINGS}:batch`, { body });
    expect(json.error.code).toBe('PLAN_STALE');
    expect(json.error.details?.[0]?.message).toContain('its call routing');
    expect((await gateway.ask('GET', `${BINDINGS}/${keyOf(7)}`)).json.data).toMatchObject({ releasing: null });
  });
});
