import { Inject, Injectable } from '@nestjs/common';
import { highestRisk, type ConnectionId, type CostedPlan, type Risk } from '@dialtone/domain';
import { leastTimeMs } from '@dialtone/engine';
import type { BindingStore, BindingView, Inspected, Principal } from '@dialtone/persistence';
import { BINDING_STORE, GATEWAY_SETTINGS, type GatewaySettings } from '../../outside/tokens';
import { BatchReader, type ReadBatch } from '../bulk/batch-reader';
import { placedOf, type PlannedBatch, type PlannedWork } from './planning';
import { Plans } from './plans';

/** What the numbers of one connection cost. */
export interface ConnectionCost {
  readonly connectionId: ConnectionId;
  readonly numbers: number;
  readonly calls: number;
  readonly timeMs: number;
}

export interface BatchPlan {
  readonly batch: ReadBatch;
  readonly planned: PlannedBatch;
  readonly connections: readonly ConnectionCost[];
  readonly calls: number;
  /** Of the account that takes longest: accounts do not wait for each other. */
  readonly timeMs: number;
  readonly risk: Risk;
}

export interface NumberPlan {
  readonly cost: CostedPlan;
  readonly hash: string;
  readonly timeMs: number;
}

/** What is asked for by a declaration that stands, or is being withdrawn, and what was seen of it. */
const asStanding = ({ binding, marks, readiness }: BindingView): Parameters<Plans['of']> => {
  const { key, connectionId, generation, releasing } = binding;
  const seen = {
    current: { binding, marks, isConnectionActive: true },
    observation: readiness.observation,
    seenAt: readiness.observedAt,
  };
  if (releasing !== undefined) {
    const withdrawal = { key, manager: marks.manager, takeOver: false, ownOnly: false } as const;
    const result = { kind: 'releasing', releasing, begins: false } as const;
    return [
      { read: [], withdraw: [withdrawal] },
      { declared: [], withdrawn: [{ result, ...seen }] },
    ];
  }
  const asked = { key, connectionId, spec: binding, marks, precondition: { kind: 'none' } } as const;
  return [
    { read: [{ key, asked }], withdraw: [] },
    { declared: [{ result: { kind: 'unchanged', generation }, ...seen }], withdrawn: [] },
  ];
};

/** Says what would be done. VoiceLink is not written to, and no declaration changes. */
@Injectable()
export class PlanService {
  constructor(
    @Inject(BINDING_STORE) private readonly bindings: BindingStore,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
    private readonly reader: BatchReader,
    private readonly plans: Plans,
  ) {}

  /** Plans what a batch with this body would declare and withdraw. */
  async ofBatch({ partnerId, apiKeyId }: Principal, given: unknown): Promise<BatchPlan> {
    const batch = await this.reader.read(partnerId, given);
    const looked: Inspected[] = [];
    await this.bindings.changeAll({
      partnerId,
      actor: apiKeyId,
      declare: placedOf(batch.read).map(({ asked }) => asked),
      withdraw: batch.withdraw,
      atomic: false,
      dryRun: true,
      atMost: this.reader.atMost,
      inspect: (seen) => Promise.resolve(void looked.push(seen)),
    });
    const seen = looked.at(-1) ?? { declared: [], withdrawn: [] };
    const planned = await this.plans.of(batch, seen);
    const known = batch.body.plan ?? null;
    if (known !== null) await this.plans.check(partnerId, known, batch, planned);
    await this.plans.remember(partnerId, planned);
    return {
      batch,
      planned,
      ...this.costOf([...planned.items, ...planned.withdrawn].flatMap(({ work }) => work ?? [])),
    };
  }

  /** Plans a declaration as it stands: as a batch that declares the same, or withdraws it, would be planned. */
  async ofNumber(view: BindingView): Promise<NumberPlan> {
    const { items, withdrawn, hash } = await this.plans.of(...asStanding(view));
    const [one] = [...items, ...withdrawn];
    if (!one?.work) throw new Error('A declaration that stands is not refused.');
    const { cost } = one.work;
    return { cost, hash, timeMs: this.timeOf(cost.calls) };
  }

  private costOf(works: readonly PlannedWork[]): Pick<BatchPlan, 'connections' | 'calls' | 'timeMs' | 'risk'> {
    const callsOf = (some: readonly PlannedWork[]): number => some.reduce((sum, { cost }) => sum + cost.calls, 0);
    const connections = [...Map.groupBy(works, ({ connectionId }) => connectionId)].map(([connectionId, own]) => {
      const calls = callsOf(own);
      return { connectionId, numbers: own.length, calls, timeMs: this.timeOf(calls) };
    });
    const accounts = [...Map.groupBy(works, ({ number }) => number.accountId).values()];
    return {
      connections,
      calls: callsOf(works),
      timeMs: Math.max(0, ...accounts.map((own) => this.timeOf(callsOf(own)))),
      risk: highestRisk(works.map(({ cost }) => cost.risk)),
    };
  }

  private timeOf(calls: number): number {
    return leastTimeMs(calls, 'repair', this.settings.upstreamLimits);
  }
}
