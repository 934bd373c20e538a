import type { BindingDto, BindingsPageDto } from '../src/bindings/bindings.dto';
import type { ConditionDto } from '../src/bindings/conditions.dto';
import { useGateway } from './gateway';
import { KEY, NOW, readyObservation, unobserved } from './observations';

const PATH = '/api/v2/voicelink/bindings';
const ONE = `${PATH}/${KEY}`;

describe('the conditions of a binding', () => {
  const gateway = useGateway();
  const declare = (body: object = {}) =>
    gateway.ask('PUT', ONE, { body: { agent_id: gateway.tenant.agentId, ...body } });
  const get = async (): Promise<BindingDto> => (await gateway.ask('GET', ONE)).json.data;
  const told = ({ status: { conditions } }: BindingDto): readonly string[] =>
    conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`);
  const seen = (ageSeconds: number) => {
    const { partnerId, connectionId, agentId } = gateway.tenant;
    const row = { ...unobserved(connectionId, KEY), state: 'READY', observedAt: NOW, ageSeconds } as const;
    gateway.world.store(partnerId, { ...row, observation: readyObservation(KEY, agentId) });
  };

  it('are in every answer with a binding: declaring, reading one and listing', async () => {
    const declared: BindingDto = (await declare()).json.data;
    const page: BindingsPageDto = (await gateway.ask('GET', PATH)).json.data;
    const conditions: readonly ConditionDto[] = declared.status.conditions;
    expect(conditions).toHaveLength(6);
    expect(conditions[0]).toEqual({
      type: 'Ready',
      status: 'Unknown',
      reason: 'UNKNOWN',
      message: 'There is no complete verdict on the number',
      observed_generation: 0,
      last_transition_time: NOW.toISOString(),
    });
    expect([(await get()).status.conditions, page.bindings[0]?.status.conditions]).toEqual([conditions, conditions]);
  });

  it('say that READY is old when readiness is stale, since it became too old', async () => {
    await declare();
    gateway.world.pass(1_000);
    seen(119);
    expect(told(await get())).toEqual(expect.arrayContaining(['Ready True READY', 'DataFresh True FRESH']));
    seen(121);
    const binding = await get();
    expect(binding.readiness.stale).toBe(true);
    expect(told(binding)).toEqual(expect.arrayContaining(['Ready True READY', 'DataFresh False TOO_OLD']));
    const since = binding.status.conditions.find(({ type }) => type === 'DataFresh')?.last_transition_time;
    expect(since).toBe(new Date(NOW.getTime() + 120_000).toISOString());
  });

  it.each([
    ['of mode observe', 'MODE_OBSERVE', () => declare({ mode: 'observe' })],
    ['of a hold', 'WRITES_HELD', () => Object.assign(gateway.world.connections[0] ?? {}, { writesHeld: 'why' })],
    ['of the deployment', 'DRY_RUN', () => Object.assign(gateway.world, { dryRun: true })],
  ] as const)('say that nothing is written because %s', async (_, reason, deny) => {
    await declare();
    await deny();
    expect(told(await get())).toContain(`WritesAllowed False ${reason}`);
  });
});
