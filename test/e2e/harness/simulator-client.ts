import { request } from './http';

/** A mutating call that arrived at the simulated VoiceLink. */
export interface JournalEntry {
  readonly seq: number;
  readonly endpoint: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly http_status: number | null;
  /** Whether the account changed. */
  readonly effect: boolean;
  readonly created_id: number | null;
  readonly fault: string | null;
}

export interface RoutingRecord {
  readonly id: number;
  readonly forInboundCall: number;
  readonly forOutboundCall: number;
  readonly inboundBotId: number | null;
  readonly inboundTrunkId: number | null;
  readonly outboundBotId: number | null;
  readonly outboundTrunkId: number | null;
  readonly status: number;
}

/** A DID with what belongs to it, by its true state. */
export interface TrueDid {
  readonly did: {
    readonly id: number;
    readonly number: string;
    readonly clientId: number | null;
    readonly callRecording: number;
    readonly isExpired: boolean;
  };
  readonly bots: readonly { readonly id: number; readonly status: number; readonly name: string }[];
  readonly routing: RoutingRecord | null;
}

export interface Fault {
  readonly endpoint: string;
  readonly kind: string;
  readonly ms?: number;
  readonly hold_ms?: number;
  readonly status?: number;
  readonly rows?: number;
  readonly message?: string;
  readonly value?: unknown;
  readonly times?: number;
  /** 0 to 1. */
  readonly probability?: number;
}

export type Breakage = 'only_answer' | 'sip' | 'other_bot' | 'no_bot' | 'disabled';

/** What happens at VoiceLink behind the back of Dialtone, over the simulator's admin API. */
export class SimulatorClient {
  private lastNumber = 10_000_000;

  constructor(private readonly adminUrl: string) {}

  /** A purchased DID with this number, or with one of its own; its key. */
  async addDid(fields: { readonly client_id?: number; readonly did_number?: string } = {}): Promise<string> {
    this.lastNumber += 1;
    const number = fields.did_number ?? `9180${String(this.lastNumber)}`;
    await this.call('POST', '/dids', { did_number: number, ...fields });
    return number;
  }

  /** A client without bots; its id, which may be given. */
  async addClient(fields: { readonly id?: number } = {}): Promise<number> {
    return (await this.call<{ id: number }>('POST', '/clients', fields)).id;
  }

  async addBot(clientId: number, fields: Readonly<Record<string, unknown>> = {}): Promise<number> {
    return (await this.call<{ id: number }>('POST', '/bots', { client_id: clientId, ...fields })).id;
  }

  async addTrunk(key: string): Promise<number> {
    await this.breakRouting(key, 'sip');
    const { routing } = await this.did(key);
    if (routing === null || routing.outboundTrunkId === null) throw new Error(`The simulator gave ${key} no trunk.`);
    return routing.outboundTrunkId;
  }

  async addRouting(key: string, fields: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.call('POST', '/routing', { did_number: key, ...fields });
  }

  /** The first so many of all purchased DIDs. */
  async allDids(limit: number): Promise<readonly TrueDid[]> {
    return (await this.call<{ rows: TrueDid[] }>('GET', `/dids?limit=${String(limit)}`)).rows;
  }

  did(key: string): Promise<TrueDid> {
    return this.call('GET', `/dids/${key}`);
  }

  async bots(clientId: number): Promise<readonly { readonly id: number; readonly status: number }[]> {
    return (await this.call<{ rows: { id: number; status: number }[] }>('GET', `/bots?client_id=${String(clientId)}`))
      .rows;
  }

  async meddle(
    key: string,
    what: 'unmap' | 'delete-routing' | 'expire' | 'renew' | 'deactivate-bot' | 'activate-bot',
  ): Promise<void> {
    await this.call('POST', `/dids/${key}/${what}`, {});
  }

  async breakRouting(key: string, to: Breakage): Promise<void> {
    await this.call('POST', `/dids/${key}/break-routing`, { to });
  }

  async editInbound(key: string, half: Readonly<Record<string, number>>): Promise<void> {
    await this.call('POST', `/dids/${key}/edit-inbound`, half);
  }

  async deleteDid(key: string): Promise<void> {
    await this.call('DELETE', `/dids/${key}`);
  }

  async inject(...faults: readonly Fault[]): Promise<void> {
    for (const fault of faults) await this.call('POST', '/faults', fault);
  }

  async clearFaults(): Promise<void> {
    await this.call('DELETE', '/faults');
  }

  /** Mutating calls since `after` (a seq), oldest first. */
  async journal(after = 0): Promise<readonly JournalEntry[]> {
    return (await this.call<{ entries: JournalEntry[] }>('GET', `/journal?after=${String(after)}`)).entries;
  }

  /** The seq of the latest mutating call: what comes later is after this. */
  async now(): Promise<number> {
    return (await this.journal()).at(-1)?.seq ?? 0;
  }

  /** How often each endpoint was called. */
  async calls(): Promise<Readonly<Record<string, number>>> {
    return (await this.call<{ calls: Record<string, number> }>('GET', '/state')).calls;
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const { status, text } = await request(`${this.adminUrl}${path}`, { method, body });
    if (status >= 300) throw new Error(`Simulator: ${method} ${path} answered ${String(status)} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }
}
