import { CARRIER_NAMES, type CarrierName } from '@dialtone/carriers';
import { isCallOver, type CallStatus, type DidKey, type NextLook } from '@dialtone/domain';
import type { CallView, DueLook } from '@dialtone/persistence';
import { CallWatch } from '../../apps/reconciler/src/engine/call-watch';
import type { TestGateway } from '../../apps/api-gateway/test/gateway';
import type { RunningSimulator } from '../../apps/carrier-simulator/src/start-simulator';
import { carriersOn } from './simulated-carriers';

const TRUNK = { sip_host: 'sip.partner.example', outbound_username: 'trunk', outbound_password: 'trunk-password' };
const HOUR_MS = 3_600_000;

export interface Started {
  readonly provider: CarrierName;
  /** Null: nothing was recorded. */
  readonly id: string | null;
  readonly httpStatus: number;
}

/** What is true of a call at its carrier, and what is said of it. */
export interface Account {
  /** Requests that asked the carrier for this call. */
  readonly asked: number;
  /** Calls that there are at the carrier. */
  readonly placed: number;
  /** How the placed one stands there; null: none was placed. */
  readonly truth: string | null;
  readonly said: CallStatus;
  /** What the record says of what it does not know. */
  readonly doubt: string | null;
}

/** A gateway and a reconciler's look at silent calls, over simulated carriers: calls are started by the API, and told of over HTTP. */
export class StartedCalls {
  readonly all: Started[] = [];

  private constructor(
    private readonly gateway: TestGateway,
    private readonly running: RunningSimulator,
  ) {}

  /** Connections to all carriers, each with a number of its account. The gateway listens already. */
  static on(gateway: TestGateway, running: RunningSimulator, timeoutMs?: number): StartedCalls {
    const { world, tenant } = gateway;
    const { port } = gateway.app.getHttpServer().address() as { readonly port: number };
    world.publicBaseUrl = `http://127.0.0.1:${String(port)}`;
    world.carriers.real = carriersOn(running, timeoutMs);
    for (const provider of CARRIER_NAMES) {
      const account = running.simulator.world.accountsOf(provider)[0];
      const key = (account?.numbers[0]?.number ?? '') as DidKey;
      const connectionId = world.telephony.add({ partnerId: tenant.partnerId, provider });
      world.telephony.sealed.set(connectionId, provider === 'sip' ? TRUNK : (account?.credentials ?? {}));
      const given = { key, phoneNumber: `+${key}` };
      world.telephony.addNumber(tenant.partnerId, connectionId, given).isDefault = true;
    }
    return new StartedCalls(gateway, running);
  }

  async start(provider: CarrierName, toNumber = '+919876543210'): Promise<Started> {
    const known = new Set(this.gateway.world.calls.rows.map(({ id }) => id));
    const body = { agent_id: this.gateway.tenant.agentId, to_number: toNumber, provider };
    const { status } = await this.gateway.ask('POST', '/api/v2/calls/start', { body });
    const row = this.gateway.world.calls.rows.find((one) => !known.has(one.id) && one.provider === provider);
    const started = { provider, id: row?.id ?? null, httpStatus: status };
    this.all.push(started);
    return started;
  }

  /** One look at each call that is not over; `silentMs`: how long it is said to be silent. */
  async look(silentMs = 120_000): Promise<void> {
    const { calls, telephony, carriers } = this.gateway.world;
    const due = calls.rows.filter(({ id }) => !isCallOver(calls.known(id).status)).map(({ id }) => id);
    const watch = new CallWatch({
      watches: {
        take: () => Promise.resolve(this.dueLook(due.shift(), silentMs)),
        noteSilence: ({ id }: DueLook, next: NextLook) => {
          if (next.kind === 'lost') calls.lost.add(id);
          return Promise.resolve(true);
        },
      },
      calls,
      access: telephony.carrierAccess,
      carriers,
      metrics: { ended: () => undefined },
      now: Date.now,
      logger: { info: () => undefined, warn: () => undefined },
    });
    await watch.watch();
  }

  /** Everything happens that would in days: calls end, callbacks come, silent calls are looked at and given up. */
  async settle(): Promise<void> {
    await this.running.simulator.advance(HOUR_MS);
    await this.look();
    await this.look(25 * HOUR_MS);
  }

  async account({ provider, id }: Started): Promise<Account> {
    if (id === null) throw new Error(`no call through ${provider} was recorded`);
    const view = await this.gateway.ask('GET', `/api/v2/calls/${id}`);
    const { status, error_message: doubt } = view.json.data as { status: CallStatus; error_message: string | null };
    const { world, journal } = this.running.simulator;
    const placed = world.calls.filter(({ asked }) => JSON.stringify(asked).includes(id));
    const asked = journal.entries.filter(
      (entry) => entry.endpoint === `${provider}.calls.place` && JSON.stringify(entry).includes(id),
    );
    return { asked: asked.length, placed: placed.length, truth: placed[0]?.phase ?? null, said: status, doubt };
  }

  private dueLook(id: string | undefined, silentMs: number): DueLook | null {
    const { calls } = this.gateway.world;
    const call = calls.rows.find((row) => row.id === id);
    if (call === undefined) return null;
    const { status, carrierId } = calls.known(call.id);
    const { connectionId, provider } = call satisfies Pick<CallView, 'connectionId' | 'provider'>;
    return { id: call.id, connectionId, provider, status, carrierId, silentMs, looks: 1 };
  }
}

/** jambonz has no word for a call that was canceled. */
const isTrue = (provider: CarrierName, truth: string | null, said: CallStatus): boolean =>
  said === (truth ?? 'failed') || (provider === 'sip' && truth === 'canceled' && said === 'no_answer');

/** What must hold of every call once all is settled; empty when it does. */
export const untruths = (provider: CarrierName, { asked, placed, truth, said, doubt }: Account): readonly string[] => {
  const found: string[] = [];
  // Smartflo's 401 proves that nothing was done: one new login, and one more request.
  if (asked > (provider === 'tata_smartflo' ? 2 : 1)) found.push(`was asked for ${String(asked)} times`);
  if (placed > 1) found.push(`rang ${String(placed)} times`);
  const carriers = truth ?? 'not placed';
  if (isCallOver(said) && !isTrue(provider, truth, said)) found.push(`is said to be ${said}, and is ${carriers}`);
  if (!isCallOver(said) && doubt?.includes('cannot be known') !== true)
    found.push(`is said to be ${said}, without a word of doubt, and is ${carriers}`);
  return found.map((what) => `the call through ${provider} ${what}`);
};
