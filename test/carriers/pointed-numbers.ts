import { inboundTargetOf, POINTING_CARRIERS, type PointingCarrier } from '@dialtone/carriers';
import type { ConnectionId, DidKey, PhoneNumberId } from '@dialtone/domain';
import type { TestGateway } from '../../apps/api-gateway/test/gateway';
import type { RunningSimulator } from '../../apps/carrier-simulator/src/start-simulator';
import { NumberPointing } from '../../apps/reconciler/src/engine/number-pointing';
import { carriersOn } from './simulated-carriers';

export interface Inbound {
  readonly state: string;
  readonly previous: string | null;
  readonly error: string | null;
}

/** The canary is a token of the customer's own server. */
export const IVR = 'https://user:canary-pass@ivr.example.com/menu/canaryTOKEN0123456789?key=canary-query';
export const SHOWN_IVR = 'https://ivr.example.com/menu/…';
const TRUNK = `TK${'0'.repeat(32)}`;

interface Numbered {
  readonly connectionId: ConnectionId;
  readonly id: PhoneNumberId;
}

/** What a number's record says where calls go, at each carrier, when somebody points it at `IVR` in the panel. */
type Panel = Readonly<Record<PointingCarrier, (at: PointedNumbers) => Readonly<Record<string, string>>>>;
const PANEL: Panel = {
  twilio: () => ({ voice_url: IVR, voice_method: 'GET' }),
  plivo: (at) => ({ application: `/v1/Account/MADEMOPLIVO000000001/Application/${at.foreignApplication('plivo')}/` }),
  vobiz: (at) => ({ application_id: at.foreignApplication('vobiz') }),
};

/** A gateway, and a reconciler's pointing of numbers, over simulated carriers. */
export class PointedNumbers {
  private readonly numbers = new Map<PointingCarrier, Numbered>();

  private constructor(
    private readonly gateway: TestGateway,
    private readonly running: RunningSimulator,
  ) {}

  /** Connections to the carriers that can be told, each with the first number of its account. The gateway listens already. */
  static on(gateway: TestGateway, running: RunningSimulator, timeoutMs?: number): PointedNumbers {
    const { world, tenant } = gateway;
    const { port } = gateway.app.getHttpServer().address() as { readonly port: number };
    world.publicBaseUrl = `http://127.0.0.1:${String(port)}`;
    world.carriers.real = carriersOn(running, timeoutMs);
    const all = new PointedNumbers(gateway, running);
    for (const provider of POINTING_CARRIERS) {
      const account = running.simulator.world.accountsOf(provider)[0];
      const connectionId = world.telephony.add({ partnerId: tenant.partnerId, provider });
      world.telephony.sealed.set(connectionId, account?.credentials ?? {});
      const key = (account?.numbers[0]?.number ?? '') as DidKey;
      const { id } = world.telephony.addNumber(tenant.partnerId, connectionId, { key, phoneNumber: `+${key}` });
      all.numbers.set(provider, { connectionId, id });
    }
    return all;
  }

  numberOf(provider: PointingCarrier): Numbered {
    const number = this.numbers.get(provider);
    if (number === undefined) throw new Error(`${provider} has no number`);
    return number;
  }

  async change(provider: PointingCarrier, body: object): Promise<Inbound | undefined> {
    const answer = await this.gateway.ask('PUT', `/api/v2/phone-numbers/${this.numberOf(provider).id}`, { body });
    if (answer.status !== 200) throw new Error(answer.text);
    return (answer.json.data as { inbound?: Inbound }).inbound;
  }

  assign(provider: PointingCarrier): Promise<Inbound | undefined> {
    return this.change(provider, { agent_id: this.gateway.tenant.agentId, inbound_enabled: true });
  }

  async shown(provider: PointingCarrier): Promise<Inbound | undefined> {
    const answer = await this.gateway.ask('GET', `/api/v2/phone-numbers/${this.numberOf(provider).id}`);
    return (answer.json.data as { inbound?: Inbound }).inbound;
  }

  /** So many turns of the reconciler, each after the time that it waits. */
  async turns(count = 1): Promise<void> {
    const { telephony, carriers, publicBaseUrl, dryRun } = this.gateway.world;
    const { pointings, carrierAccess: access } = telephony;
    const logger = { info: () => undefined, warn: (line: object) => this.warnings.push(line) } as never;
    const watch = new NumberPointing({ pointings, access, carriers, publicBaseUrl, dryRun, logger });
    for (let turn = 0; turn < count; turn += 1) {
      pointings.elapse();
      await watch.point();
    }
  }

  readonly warnings: object[] = [];

  /** Somebody says in the carrier's panel where calls go. */
  pointElsewhere(provider: PointingCarrier): void {
    this.row(provider).pointsTo = PANEL[provider](this);
  }

  /** Somebody sets something in the panel that was never there before. */
  meddle(provider: PointingCarrier): void {
    if (provider === 'plivo') this.row(provider).pointsTo = {};
    else this.putOnTrunk(provider);
  }

  putOnTrunk(provider: PointingCarrier): void {
    const row = this.row(provider);
    row.pointsTo = {
      ...row.pointsTo,
      ...(provider === 'twilio' ? { trunk_sid: TRUNK } : { trunk_group_id: 'trunk-1' }),
    };
  }

  /** Where the carrier sends calls: `ours`, `theirs` or `nowhere`. */
  truth(provider: PointingCarrier): string {
    const { world, lives } = this.running.simulator;
    const [account] = world.accountsOf(provider);
    const row = this.row(provider);
    if (account === undefined) return 'nowhere';
    const call = lives.ring(account, row, '919876543210');
    const url = call?.asked['Url'] ?? call?.asked['answer_url'];
    world.clearCalls();
    if (typeof url !== 'string' || url === '') return 'nowhere';
    return url === this.target(provider) ? 'ours' : 'theirs';
  }

  /** What the number's record says of it, in the carrier's words. */
  pointsTo(provider: PointingCarrier): Readonly<Record<string, string>> {
    const set = Object.entries(this.row(provider).pointsTo).filter(([, value]) => value !== '');
    return Object.fromEntries(set);
  }

  /** Requests of this kind that changed something, or may have. */
  asked(endpoint: string): number {
    return this.running.simulator.journal.entries.filter((entry) => entry.endpoint === endpoint).length;
  }

  target(provider: PointingCarrier): string {
    const { connectionId } = this.numberOf(provider);
    const token = this.gateway.world.telephony.pointings.tokenOf(connectionId);
    return inboundTargetOf(this.gateway.world.publicBaseUrl ?? '', { provider, token, connectionId }).url;
  }

  foreignApplication(provider: PointingCarrier): string {
    const account = this.running.simulator.world.accountsOf(provider)[0];
    const found = account?.applications.find(({ fields }) => fields['app_name'] === 'Theirs');
    if (found !== undefined) return found.id;
    const id = '10000000000000001';
    account?.applications.push({ id, fields: { app_name: 'Theirs', answer_url: IVR } });
    return id;
  }

  private row(provider: PointingCarrier) {
    const row = this.running.simulator.world.accountsOf(provider)[0]?.numbers[0];
    if (row === undefined) throw new Error(`${provider} has no number`);
    return row;
  }
}
