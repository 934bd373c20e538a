import type { AgentId, DidKey, KeyObservation } from '@dialtone/domain';
import type { StoredReadiness } from '@dialtone/persistence';
import fc from 'fast-check';
import type { BatchPlanDto, PlannedNumberDto } from '../src/bindings/plan/batch-plan.dto';
import type { PlanDto } from '../src/bindings/plan/plan.dto';
import { useGateway } from './gateway';
import { NOW, readyObservation, unobserved } from './observations';

const BINDINGS = '/api/v2/voicelink/bindings';
const PLAN = `${BINDINGS}:plan`;
const BATCH = `${BINDINGS}:batch`;
const OTHER_HASH = 'f'.repeat(32);
const keyOf = (nth: number): DidKey => `9180112${String(nth).padStart(5, '0')}` as DidKey;

const gateway = useGateway();
const { world } = gateway;
const item = (nth: number, more: object = {}): object => ({
  number: keyOf(nth),
  agent_id: gateway.tenant.agentId,
  ...more,
});
const items = (count: number, more: object = {}): readonly object[] =>
  Array.from({ length: count }, (_, nth) => item(nth, more));

/** What the last sweep saw of a number, which is in order but for the changes. */
const observe = (nth: number, changes: Partial<KeyObservation> = {}, row: Partial<StoredReadiness> = {}): void => {
  const { partnerId, connectionId, agentId } = gateway.tenant;
  const observation = { ...readyObservation(keyOf(nth), agentId), ...changes };
  world.store(partnerId, { ...unobserved(connectionId, keyOf(nth)), observedAt: NOW, observation, ...row });
};
const routingTo = (botId: number | null): Pick<KeyObservation, 'routing'> => {
  const { routing } = readyObservation(keyOf(0), gateway.tenant.agentId);
  return { routing: routing && { ...routing, outboundBotId: botId } };
};

const plan = async (body: object): Promise<BatchPlanDto> => {
  const { status, json } = await gateway.ask('POST', PLAN, { body });
  expect(status).toBe(200);
  return json.data;
};
const batch = (body: object) => gateway.ask('POST', BATCH, { body });
const stepOf = ({ steps = [] }: PlannedNumberDto, kind: string) => steps.find(({ step }) => step === kind);
const onlyNumber = async (body: object): Promise<PlannedNumberDto> => {
  const [number] = (await plan(body)).numbers;
  if (number === undefined) throw new Error('an item without a plan');
  return number;
};

describe('a plan of declarations that do not exist yet', () => {
  it('says of each number its six steps, every field before and after, risk and calls', async () => {
    observe(0, routingTo(88));
    const number = await onlyNumber({ items: items(1) });
    expect(number).toMatchObject({
      index: 0,
      key: keyOf(0),
      result: 'created',
      generation: 1,
      current_generation: null,
    });
    expect(number).toMatchObject({ risk: 'high', calls: 1, observed_at: NOW.toISOString() });
    expect(number.steps?.map(({ step, status }) => `${step} ${status}`)).toEqual([
      'resolve_did already',
      'import_did already',
      'client_mapping already',
      'ensure_bot already',
      'ensure_routing needed',
      'assign_agent already',
    ]);
    const kept = {
      for_inbound_call: 1,
      inbound_websocket_bot_id: null,
      inbound_sip_trunk_id: null,
      for_outbound_call: 3,
      outbound_sip_trunk_id: null,
      status: 1,
    };
    expect(stepOf(number, 'ensure_routing')).toMatchObject({
      before: { ...kept, outbound_websocket_bot_id: 88 },
      after: { ...kept, outbound_websocket_bot_id: 93 },
      calls: 1,
      risk: 'high',
    });
    expect(stepOf(number, 'ensure_bot')).toMatchObject({ before: { status: 1 }, after: { status: 1 }, calls: 0 });
    expect(world.views.size).toBe(0);
  });

  it('does not know the id of a bot that is yet to be made', async () => {
    observe(0, { bots: [], routing: null });
    const routing = stepOf(await onlyNumber({ items: items(1) }), 'ensure_routing');
    expect(routing).toMatchObject({
      after: { outbound_websocket_bot_id: null },
      known_after_apply: ['outbound_websocket_bot_id'],
    });
  });

  it('counts a bot that several numbers of a client get once, and says how long the calls take at least', async () => {
    for (let nth = 0; nth < 40; nth += 1) observe(nth, { bots: [], routing: null });
    const { calls, seconds_at_least: seconds, connections, risk, numbers } = await plan({ items: items(40) });
    expect(numbers.map((one) => one.calls)).toEqual([2, ...Array.from({ length: 39 }, () => 1)]);
    // 41 calls; 16 of a burst of 20 are the reconciler's, and the others pass at 10 a second.
    expect([calls, seconds, risk]).toEqual([41, 3, 'medium']);
    expect(connections).toEqual([
      { connection_id: gateway.tenant.connectionId, numbers: 40, calls: 41, seconds_at_least: 3 },
    ]);
  });

  it('blocks every step of a number that was never looked at', async () => {
    const number = await onlyNumber({ items: items(1) });
    expect(new Set(number.steps?.map(({ status }) => status))).toEqual(new Set(['blocked']));
    expect(number).toMatchObject({ calls: 0, risk: 'none', observed_at: null });
  });

  it('says of a step that is kept back what it would do, at no cost', async () => {
    observe(0, routingTo(88));
    world.dryRun = true;
    const number = await onlyNumber({ items: items(1) });
    expect(stepOf(number, 'ensure_routing')).toMatchObject({
      status: 'skipped',
      before: { outbound_websocket_bot_id: 88 },
      after: { outbound_websocket_bot_id: 93 },
      calls: 0,
      risk: 'none',
    });
  });

  it('refuses items as the batch does, with field and reason, and plans the others', async () => {
    observe(0);
    const bad = [item(0), item(0), item(1, { mode: 'sometimes' }), item(2, { agent_id: gateway.tenant.partnerId }), 7];
    const planned = await plan({ items: bad });
    const { results } = (await gateway.ask('POST', BATCH, { body: { items: bad, dry_run: true } })).json
      .data as unknown as { results: readonly object[] };
    expect(planned.numbers.slice(1)).toEqual(results.slice(1));
    expect(planned.numbers[0]).toMatchObject(results[0] ?? {});
    expect(planned.summary).toEqual({ created: 1, updated: 0, unchanged: 0, withdrawn: 0, refused: 4 });
  });

  it('names what prune would withdraw, and withdraws nothing', async () => {
    await batch({ items: items(5), manager: 'crm' });
    const { pruned, summary } = await plan({ items: items(4), manager: 'crm', prune: true });
    expect(pruned).toEqual([{ index: 0, key: keyOf(4), result: 'withdrawn' }]);
    expect(summary).toMatchObject({ unchanged: 4, withdrawn: 1 });
    expect(world.views.size).toBe(5);
  });

  it('is the same for a declaration as GET …/plan makes of it', async () => {
    observe(0, routingTo(88));
    await batch({ items: [item(0, { labels: { b: '1', a: '2' }, manager: 'crm' })] });
    const one = (await gateway.ask('GET', `${BINDINGS}/${keyOf(0)}/plan`)).json.data as PlanDto;
    const many = await plan({ items: [item(0, { labels: { a: '2', b: '1' } })], manager: 'crm' });
    expect([one.hash, one.risk, one.calls, one.steps]).toEqual([
      many.hash,
      many.risk,
      many.calls,
      many.numbers[0]?.steps,
    ]);
  });

  it('has the same hash in an unchanged world, in whatever order and however often', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(50), { minLength: 1, maxLength: 12 }), async (numbers) => {
        for (const nth of numbers) if (nth % 3 > 0) observe(nth, nth % 3 === 1 ? {} : { routing: null });
        const asked = numbers.map((nth) => item(nth));
        const { hash } = await plan({ items: asked });
        expect((await plan({ items: asked })).hash).toBe(hash);
        expect((await plan({ items: asked.toReversed() })).hash).toBe(hash);
      }),
      { numRuns: 20 },
    );
  });
});

describe('what was planned', () => {
  const arrange = async (): Promise<{ readonly body: object; readonly hash: string }> => {
    for (let nth = 0; nth < 3; nth += 1) observe(nth, routingTo(88));
    await batch({ items: [item(2)] });
    const body = { items: [item(0), item(1), item(2, { mode: 'observe' })] };
    return { body, hash: (await plan(body)).hash };
  };

  it('is done while nothing has changed', async () => {
    const { body, hash } = await arrange();
    const { status, json } = await batch({ ...body, plan: hash });
    expect([status, json.data]).toMatchObject([200, { applied: true, summary: { created: 2, updated: 1 } }]);
  });

  it.each<{ what: string; change: () => unknown; asked?: (body: object) => object; want: readonly string[] }>([
    {
      what: 'a declaration was made meanwhile',
      change: () => batch({ items: [item(0)] }),
      want: ['items[0] +918011200000 has changed since it was planned: its declaration.'],
    },
    {
      what: 'a declaration got another generation',
      change: () => batch({ items: [item(2, { client_id: 415 })] }),
      want: ['items[2] +918011200002 has changed since it was planned: its declaration.'],
    },
    {
      what: 'a declaration was withdrawn',
      change: () => gateway.ask('DELETE', `${BINDINGS}/${keyOf(2)}`),
      want: ['items[2] +918011200002 has changed since it was planned: its declaration.'],
    },
    {
      what: 'a routing record was seen otherwise',
      change: () => {
        observe(1, routingTo(77));
      },
      want: ['items[1] +918011200001 has changed since it was planned: its call routing.'],
    },
    {
      what: 'a bot was seen to be inactive',
      change: () => {
        const { bots } = readyObservation(keyOf(1), gateway.tenant.agentId);
        observe(1, { bots: bots.map((bot) => ({ ...bot, active: false })), ...routingTo(88) });
      },
      want: ['items[1] +918011200001 has changed since it was planned: the bots of its client.'],
    },
    {
      what: 'a list could not be read any more',
      change: () => {
        observe(1, { unknown: ['routing'], ...routingTo(88) });
      },
      want: ['items[1] +918011200001 has changed since it was planned: its call routing.'],
    },
    {
      what: 'a number got another agent here',
      change: () => {
        const { local } = readyObservation(keyOf(1), gateway.tenant.agentId);
        observe(1, { local: local && { ...local, agentId: 'a' as unknown as AgentId }, ...routingTo(88) });
      },
      want: ['items[1] +918011200001 has changed since it was planned: its row in the local inventory.'],
    },
    {
      what: 'writes are held now',
      change: () => {
        const [first] = world.connections;
        if (first !== undefined) world.connections[0] = { ...first, writesHeld: '40 numbers vanished' };
      },
      want: ['items[0]', 'items[1]'].map(
        (field, nth) => `${field} +91801120000${String(nth)} has changed since it was planned: what may be done now.`,
      ),
    },
    {
      what: 'another thing is asked for one of the numbers',
      change: () => null,
      asked: () => ({ items: [item(0), item(1, { bot_name: 'Sales' }), item(2, { mode: 'observe' })] }),
      want: ['items[1] +918011200001 has changed since it was planned: what is asked for.'],
    },
    {
      what: 'a number is missing and another one is new',
      change: () => null,
      asked: () => ({ items: [item(0), item(4), item(2, { mode: 'observe' })] }),
      want: [
        'items[1] +918011200004 is in the request, and not in the plan.',
        'plan +918011200001 is in the plan, and not in the request.',
      ],
    },
    {
      what: 'numbers are withdrawn beside it',
      change: () => batch({ items: [item(7)], manager: 'crm' }),
      asked: (body) => ({ ...body, manager: 'crm', prune: true, force: true }),
      want: [
        ...['items[0]', 'items[1]', 'items[2]'].map(
          (field, nth) => `${field} +91801120000${String(nth)} has changed since it was planned: what is asked for.`,
        ),
        'plan +918011200007 is in the request, and not in the plan.',
      ],
    },
  ])('is refused as a whole, with what has changed, when $what', async ({ change, asked, want }) => {
    const { body, hash } = await arrange();
    await change();
    const before = [...world.views];
    const { status, json } = await batch({ ...(asked?.(body) ?? body), plan: hash });
    expect([status, json.error.code]).toEqual([409, 'PLAN_STALE']);
    expect(json.error.details?.map(({ field, message }) => `${field} ${message}`)).toEqual(want);
    expect([...world.views]).toEqual(before);
  });

  it('is not what was planned by another partner, or by nobody', async () => {
    const { body } = await arrange();
    const { status, json } = await batch({ ...body, plan: OTHER_HASH });
    expect([status, json.error.code, json.error.details?.[0]?.field]).toEqual([409, 'PLAN_STALE', 'plan']);
    expect((await batch({ ...body, plan: 'HASH' })).json.error.details?.[0]?.field).toBe('plan');
  });

  it('is not another plan because it was observed again, to the same effect', async () => {
    const { body, hash } = await arrange();
    observe(
      0,
      { ...routingTo(88), observedAt: NOW.getTime() + 60_000 },
      { observedAt: new Date(NOW.getTime() + 60_000) },
    );
    expect((await plan(body)).hash).toBe(hash);
  });

  it('is checked in a dry run, and by a PUT of one number', async () => {
    const { body, hash } = await arrange();
    expect((await gateway.ask('POST', PLAN, { body: { ...body, plan: hash } })).status).toBe(200);
    const other = await gateway.ask('POST', PLAN, { body: { items: items(1), plan: hash } });
    expect(other.json.error.code).toBe('PLAN_STALE');
    expect((await batch({ ...body, plan: hash, dry_run: true })).json.data).toMatchObject({ applied: false });
    const one = (await plan({ items: [item(0)] })).hash;
    const put = (query: string) =>
      gateway.ask('PUT', `${BINDINGS}/${keyOf(0)}?plan=${query}`, { body: { agent_id: gateway.tenant.agentId } });
    expect((await put(hash)).json.error.code).toBe('PLAN_STALE');
    expect(world.views.size).toBe(1);
    expect((await put(one)).status).toBe(201);
    expect((await put(one)).json.error.code).toBe('PLAN_STALE');
  });

  it('withdraws what it says, and is stale when the manager declares something else by then', async () => {
    await batch({ items: items(6), manager: 'crm' });
    const body = { items: items(5), manager: 'crm', prune: true };
    const { hash } = await plan(body);
    await batch({ items: [item(9)], manager: 'crm' });
    expect((await batch({ ...body, force: true, plan: hash })).json.error.code).toBe('PLAN_STALE');
    await gateway.ask('DELETE', `${BINDINGS}/${keyOf(9)}?manager=crm`);
    expect((await batch({ ...body, plan: hash })).json.data).toMatchObject({
      applied: true,
      summary: { withdrawn: 1 },
    });
  });
});
