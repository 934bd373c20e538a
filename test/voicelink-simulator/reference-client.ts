/**
 * A small VoiceLink client written from the VoiceLink upstream notes alone (cited as §n), the way an integrator would: it shares no
 * code with the simulator or with libs/voicelink.
 */
type Json = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly body: Json;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** §3.5: the array is at the body, at `data`, or at `data.data`. */
const rowsOf = (body: unknown): readonly Json[] => {
  const data = isObject(body) ? body['data'] : undefined;
  const found = [body, data, isObject(data) ? data['data'] : undefined].find(Array.isArray);
  if (found === undefined) throw new Error('no list in the answer');
  return found as Json[];
};

export class ReferenceClient {
  private token = '';

  constructor(private readonly baseUrl: string) {}

  /** §2: the token is at data.access_token. */
  async login(username: string, password: string): Promise<Answer> {
    const answer = await this.call('POST', '/v1/auth/login', { username, password });
    const data = answer.body['data'];
    if (isObject(data) && typeof data['access_token'] === 'string') this.token = data['access_token'];
    return answer;
  }

  get bearer(): string {
    return this.token;
  }

  useToken(token: string): void {
    this.token = token;
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path);
  }

  post(path: string, body: Json = {}): Promise<Answer> {
    return this.call('POST', path, body);
  }

  delete(path: string): Promise<Answer> {
    return this.call('DELETE', path);
  }

  /** §3.5: pages to the end by `last_page`; a bare list without paging is whole. */
  async all(path: string, perPage: number): Promise<readonly Json[]> {
    const rows: Json[] = [];
    for (let page = 1; ; page += 1) {
      const { body } = await this.get(
        `${path}${path.includes('?') ? '&' : '?'}page=${String(page)}&per_page=${String(perPage)}`,
      );
      const got = rowsOf(body);
      rows.push(...got);
      const data = body['data'];
      const lastPage = isObject(data) ? Number(data['last_page']) : NaN;
      if (Number.isNaN(lastPage) ? got.length < perPage || got.length > perPage : page >= lastPage) return rows;
    }
  }

  /** One request for a list that is known to come whole. */
  async whole(path: string): Promise<readonly Json[]> {
    return rowsOf((await this.get(path)).body);
  }

  private async call(method: string, path: string, body?: Json): Promise<Answer> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Json };
  }
}
