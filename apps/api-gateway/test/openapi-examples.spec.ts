import { actionItemOf, ISSUES, STEP_KINDS, type Issue } from '@dialtone/domain';
import { describeGateway } from '../src/openapi/describe-gateway';

type Json = Readonly<Record<string, unknown>>;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly examples: Readonly<Record<string, { readonly value: unknown }>> };
}

interface Media {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly $ref?: string }>>;
}

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object inside a value, itself included. */
const objectsIn = (value: unknown): readonly Json[] => {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  return isObject(value) ? [value, ...Object.values(value).flatMap(objectsIn)] : [];
};

interface Verdict {
  readonly issues: readonly Issue[];
  readonly state?: string;
  readonly action_items?: readonly { readonly code: string }[];
  readonly actions?: readonly string[];
  readonly routing?: { readonly outbound_websocket_bot_id: number } | null;
  readonly bot?: { readonly id: number } | null;
  readonly drift_id?: string | null;
}

const isVerdict = (value: object): value is Verdict => 'issues' in value;

type Rules<T> = Readonly<Record<string, (value: T) => boolean>>;

const VERDICT_RULES: Rules<Verdict> = {
  'the state is the first issue': ({ state, issues }) =>
    state === issues[0] || (issues.length === 0 && ['READY', 'UNKNOWN'].includes(state ?? '')),
  'issues are in order': ({ issues }) => ISSUES.filter((issue) => issues.includes(issue)).join() === issues.join(),
  'each issue has its action': ({ issues, action_items = [] }) =>
    action_items.map(({ code }) => code).join() === issues.join(),
  'actions are the labels': ({ issues, actions }) =>
    actions === undefined || actions.join() === issues.map((issue) => actionItemOf(issue).label).join(),
  'no bot, where there is none': ({ issues, bot }) => !issues.includes('NO_BOT') || (bot ?? null) === null,
  'no routing, where there is none': ({ issues, routing }) =>
    !issues.includes('ROUTING_MISSING') || (routing ?? null) === null,
  'a changed routing leads elsewhere': ({ issues, routing, bot }) =>
    !issues.includes('ROUTING_CHANGED') || !bot || routing?.outbound_websocket_bot_id !== bot.id,
  'what is ready has no drift': ({ state, drift_id }) => state !== 'READY' || (drift_id ?? null) === null,
};

interface Answer {
  readonly steps?: readonly { readonly step: string }[];
  readonly ready?: boolean;
  readonly readiness?: { readonly state?: string };
  readonly status?: { readonly outcome?: string };
  readonly observed_generation?: number;
  readonly warnings?: readonly unknown[];
  readonly drift?: readonly unknown[];
}

const ANSWER_RULES: Rules<Answer> = {
  'all steps, in order': ({ steps }) =>
    steps === undefined || steps.map(({ step }) => step).join() === STEP_KINDS.join(),
  'ready is READY': ({ ready, readiness }) => ready === undefined || ready === (readiness?.state === 'READY'),
  'what was not observed is UNKNOWN': ({ observed_generation, readiness }) =>
    observed_generation !== 0 || readiness === undefined || readiness.state === 'UNKNOWN',
  'settled is READY': ({ status, readiness }) => status?.outcome !== 'settled' || readiness?.state === 'READY',
  'nothing is derived from lists that were not read': ({ warnings = [], drift = [] }) =>
    warnings.length === 0 || drift.length === 0,
};

const brokenBy = <T>(value: T, rules: Rules<T>): readonly string[] =>
  Object.entries(rules)
    .filter(([, holds]) => !holds(value))
    .map(([rule]) => rule);

/** What an example says that cannot be true together. */
const contradictionsIn = (example: unknown): readonly string[] =>
  objectsIn(example).flatMap((value) => [
    ...brokenBy(value, ANSWER_RULES),
    ...(isVerdict(value) ? brokenBy(value, VERDICT_RULES) : []),
  ]);

describe('the success examples of the OpenAPI document', () => {
  let examples: readonly (readonly [name: string, example: unknown])[];
  beforeAll(async () => {
    const { paths, components } = JSON.parse(await describeGateway()) as Document;
    const shownBy = ({ example, examples: several = {} }: Media): unknown => {
      const ref = several['shown']?.$ref ?? '';
      return example ?? components.examples[ref.replace('#/components/examples/', '')]?.value;
    };
    examples = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item).flatMap(([method, { responses }]) =>
        Object.entries(responses).flatMap(([status, { content = {} }]) =>
          status < '300' ? [[`${method} ${path}`, shownBy(content['application/json'] ?? {})] as const] : [],
        ),
      ),
    );
  });

  it('are answers that can be', () => {
    const wrong = examples.flatMap(([name, example]) => contradictionsIn(example).map((why) => `${name}: ${why}`));
    expect(wrong).toEqual([]);
    expect(examples.filter(([, example]) => objectsIn(example).some(isVerdict)).length).toBeGreaterThan(6);
  });

  it('of what changes a thing show it changed', () => {
    const of = (name: string): Json => examples.find(([known]) => known === name)?.[1] as Json;
    const connection = (name: string): unknown => (of(name)['data'] as Json)['connection'];
    const path = '/api/v2/telephony/connections/{connection_id}';
    expect(connection(`delete ${path}`)).toMatchObject({
      status: 'DISCONNECTED',
      is_default: false,
      phone_numbers: [{ status: 'INACTIVE', inbound_enabled: false }],
    });
    expect(connection(`patch ${path}`)).toMatchObject({ name: 'Plivo India - Support' });
  });

  it('of a new declaration shows that nothing has been done yet', () => {
    const created = examples.filter(([name]) => name === 'put /api/v2/voicelink/bindings/{key}')[1]?.[1];
    expect(created).toMatchObject({ data: { observed_generation: 0, status: { outcome: 'pending' } } });
  });

  it('of one provider show the fields of that provider', () => {
    const [, example] = examples.find(([name]) => name.startsWith('put /api/v2/config/telephony')) ?? [];
    expect(Object.keys((example as Json)['data'] as Json)).toEqual(['message', 'from_number', 'auth_id', 'connection']);
  });
});
