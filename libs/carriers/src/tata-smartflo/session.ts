import type { CarrierHttp, CarrierRequest } from '../http/carrier-http';
import type { Reply } from '../http/classify';
import { failureOf } from '../http/outcomes';
import { at, textIn } from '../http/read';

/** A token lasts an hour; a login is repeated some time before. */
const TOKEN_MS = 50 * 60_000;

/** One login at Smartflo: repeated logins are throttled and lock the account, so all requests of an account share one token. */
export class SmartfloSession {
  private current: { readonly token: string; readonly until: number } | null = null;
  private pending: Promise<Reply> | null = null;

  constructor(
    private readonly http: CarrierHttp,
    private readonly login: { readonly email: string; readonly password: string },
  ) {}

  /** Logs in now, or joins the login under way. */
  logIn(): Promise<Reply> {
    this.pending ??= this.askForToken().finally(() => {
      this.pending = null;
    });
    return this.pending;
  }

  /** Sends the request with the token. A 401 proves that nothing was done: it is sent again after one more login. */
  async send(request: CarrierRequest): Promise<Reply> {
    const first = await this.sendOnce(request);
    const { reply, token } = first;
    if (token === null || reply.kind !== 'refused' || reply.failure.httpStatus !== 401) return reply;
    // Another request may have logged in since.
    if (this.current?.token === token) this.current = null;
    return (await this.sendOnce(request)).reply;
  }

  /** `token` null: the login failed, and a call was not asked for. */
  private async sendOnce(request: CarrierRequest): Promise<{ readonly reply: Reply; readonly token: string | null }> {
    if (this.current === null || performance.now() >= this.current.until) {
      const login = await this.logIn();
      if (login.kind !== 'ok') return { reply: { kind: 'refused', failure: login.failure }, token: null };
    }
    const token = this.current?.token ?? '';
    const headers = { authorization: `Bearer ${token}` };
    return { reply: await this.http.send({ ...request, headers }, [token]), token };
  }

  private async askForToken(): Promise<Reply> {
    const path = '/v1/auth/login';
    const reply = await this.http.send({ what: 'log in', method: 'POST', path, json: this.login, isLogin: true });
    if (reply.kind !== 'ok') return reply;
    const token = textIn(reply.body, 'access_token') ?? textIn(at(reply.body, 'data'), 'access_token');
    if (token !== null) this.current = { token, until: performance.now() + TOKEN_MS };
    return token === null ? noToken(reply.status) : reply;
  }
}

const noToken = (httpStatus: number): Reply => ({
  kind: 'refused',
  failure: failureOf('unavailable', httpStatus, 'Tata Smartflo: log in: the answer holds no token'),
});
