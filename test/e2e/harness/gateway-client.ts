import { channel } from 'node:diagnostics_channel';
import { request, type Answer, type Request } from './http';

export interface Verdict {
  readonly state: string;
  readonly issues: readonly string[];
  readonly action_items: readonly { readonly code: string; readonly label: string }[];
  readonly stale: boolean;
  readonly observed_at: string | null;
}

export interface BindingJson {
  readonly key: string;
  readonly generation: number;
  readonly observed_generation: number;
  readonly status: {
    readonly outcome: string;
    readonly message: string | null;
    readonly attempts: number;
    readonly last_reconciled_at: string | null;
  };
  readonly readiness: Verdict & { readonly drift_id: string | null };
}

export interface PlanJson {
  readonly steps: readonly { readonly step: string; readonly status: string; readonly reason?: string }[];
}

export interface ReadinessRow extends Verdict {
  readonly key: string;
  readonly declared: boolean;
  readonly local_phone_number: { readonly agent: { readonly id: string } | null } | null;
}

export interface DriftRow {
  readonly key: string;
  readonly drift_id: string;
  readonly state: string;
  readonly issues: readonly string[];
  readonly stale: boolean;
}

export interface Declaration {
  readonly agent_id: string;
  readonly client_id?: number;
  readonly websocket_url?: string;
  readonly bot_name?: string;
  readonly mode?: string;
}

const ROOT = '/api/v2/voicelink';

/** Answers on it are checked against the OpenAPI document (test/setup/documented-answers.cjs). */
const seen = channel('dialtone:answer');

/** As the document writes it. */
const routeOf = (path: string): string =>
  path
    .replace(/[?#].*$/, '')
    .replace(/(?<=\/bindings\/)[^/]+/, '{key}')
    .replace(/(?<=\/(?:voicelink|telephony)\/connections\/)[^/]+/, '{connection_id}');

/** A partner with an API key. */
export class GatewayClient {
  /** Every answer so far, with its headers: no secret may be in any of them. */
  readonly transcript: string[] = [];

  constructor(
    readonly url: string,
    readonly apiKey: string,
    private readonly connectionId: string,
  ) {}

  /** Any request with the API key, whatever is answered. */
  async send(path: string, init: Request = {}): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.apiKey}`, ...init.headers };
    const answer = await request(`${this.url}${path}`, { ...init, headers });
    this.transcript.push(JSON.stringify([...answer.headers]), answer.text);
    seen.publish({
      method: init.method ?? 'GET',
      path: routeOf(path),
      status: answer.status,
      contentType: answer.headers.get('content-type') ?? undefined,
      text: answer.text,
    });
    return answer;
  }

  put(key: string, declaration: Declaration, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const body = { connection_id: this.connectionId, ...declaration };
    return this.send(`${ROOT}/bindings/${key}`, { method: 'PUT', body, headers });
  }

  async declare(key: string, declaration: Declaration): Promise<BindingJson> {
    return dataOf(await this.put(key, declaration), `declare ${key}`);
  }

  async binding(key: string): Promise<BindingJson> {
    return this.read(`/bindings/${key}`);
  }

  plan(key: string): Promise<PlanJson> {
    return this.read(`/bindings/${key}/plan`);
  }

  async reconcile(key: string): Promise<void> {
    dataOf<unknown>(await this.send(`${ROOT}/bindings/${key}/reconcile`, { method: 'POST' }), `reconcile ${key}`);
  }

  async acknowledgeHold(): Promise<{ readonly acknowledged: boolean }> {
    const path = `${ROOT}/connections/${this.connectionId}/acknowledge-hold`;
    return dataOf(await this.send(path, { method: 'POST' }), 'acknowledge the hold');
  }

  bindings(): Promise<readonly BindingJson[]> {
    return this.list('bindings', 'bindings');
  }

  readiness(): Promise<readonly ReadinessRow[]> {
    return this.list('readiness', 'readiness');
  }

  drift(): Promise<readonly DriftRow[]> {
    return this.list('drift', 'drift');
  }

  /** Every page, in order. */
  private async list<T>(path: string, member: string): Promise<readonly T[]> {
    const rows: T[] = [];
    let cursor = '';
    do {
      const page = await this.read<Readonly<Record<string, unknown>>>(`/${path}?limit=100${cursor}`);
      rows.push(...(page[member] as T[]));
      const next = page['next_cursor'] as string | null;
      cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`;
    } while (cursor !== '');
    return rows;
  }

  private async read<T>(path: string): Promise<T> {
    return dataOf(await this.send(`${ROOT}${path}`), `GET ${path}`);
  }
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what it asked for
const dataOf = <T>({ status, text }: Answer, what: string): T => {
  if (status >= 300) throw new Error(`Gateway: ${what} answered ${String(status)} ${text}`);
  return (JSON.parse(text) as { data: T }).data;
};
