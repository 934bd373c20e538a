import type { StoredReadiness } from '@dialtone/persistence';
import type { BindingDto, BindingsPageDto } from '../src/bindings/bindings.dto';
import type { PlanDto } from '../src/bindings/plan/plan.dto';
import type { DriftPageDto, ReadinessPageDto } from '../src/readiness/readiness.dto';
import type { AgeDto } from '../src/readiness/verdict.dto';
import { useGateway } from './gateway';
import { drifting, KEY, NOW, readyObservation } from './observations';

const PATH = '/api/v2/voicelink';
/** Two sweep intervals of the gateway under test. */
const FRESH_SECONDS = 120;

describe('a verdict that nobody has confirmed', () => {
  const gateway = useGateway();

  /** Stored by a look that was complete, so long ago. */
  const confirmed = (ageSeconds: number): StoredReadiness =>
    drifting({
      connectionId: gateway.tenant.connectionId,
      key: KEY,
      state: 'READY',
      issues: [],
      actionItems: [],
      stale: false,
      observedAt: NOW,
      ageSeconds,
      observation: readyObservation(KEY, gateway.tenant.agentId),
      drift: null,
      declared: true,
      advisories: [],
    });
  const get = async <T>(path: string): Promise<T> => (await gateway.ask('GET', `${PATH}${path}`)).json.data;

  const doors: readonly (readonly [string, () => Promise<Partial<AgeDto> | undefined>])[] = [
    ['the binding', async () => (await get<BindingDto>(`/bindings/${KEY}`)).readiness],
    ['the list of bindings', async () => (await get<BindingsPageDto>('/bindings')).bindings[0]?.readiness],
    ['the plan', () => get<PlanDto>(`/bindings/${KEY}/plan`)],
    ['the list of readiness', async () => (await get<ReadinessPageDto>('/readiness')).readiness[0]],
    ['the list of drift', async () => (await get<DriftPageDto>('/drift')).drift[0]],
    [
      'the answer to a declaration',
      async () => {
        const body = { agent_id: gateway.tenant.agentId };
        return ((await gateway.ask('PUT', `${PATH}/bindings/${KEY}`, { body })).json.data as BindingDto).readiness;
      },
    ],
  ];

  it.each(doors)('is stale after two intervals, whatever was stored: %s', async (_, ask) => {
    await gateway.ask('PUT', `${PATH}/bindings/${KEY}`, { body: { agent_id: gateway.tenant.agentId } });
    for (const [age, stale] of [
      [FRESH_SECONDS, false],
      [FRESH_SECONDS + 1, true],
    ] as const) {
      gateway.world.store(gateway.tenant.partnerId, confirmed(age));
      expect(await ask()).toMatchObject({ stale, age_seconds: age });
    }
  });
});
