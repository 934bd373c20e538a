import type { CallOrder, CallReading, Carrier, Ending, ListedNumber, NumberListing, Placement, Verdict } from '../port';
import type { CarrierSpec } from '../carrier-spec';
import { CarrierHttp } from '../http/carrier-http';
import { closedAccount, endingOf, placementOf, readingOf, verdictOf } from '../http/outcomes';
import { at, flagIn, listOf, secondsIn, segment, textIn } from '../http/read';
import { walkPages, type NumbersPage } from '../http/walk-pages';
import { vobizCallbacks } from './vobiz-callbacks';
import { VobizPointing } from './vobiz-pointing';
import { callBody, readUnfinished, recordState } from '../plivo/plivo-calls';

const PAGE_SIZE = 100;

class Vobiz implements Carrier {
  readonly inbound: VobizPointing;
  private readonly account: string;

  constructor(
    private readonly http: CarrierHttp,
    authId: string,
  ) {
    // In lower case, or without the slash at the end of a call's path, Vobiz answers 401 as if the token were wrong.
    this.account = `/Account/${segment(authId)}`;
    this.inbound = new VobizPointing(http, this.account);
  }

  async verify(): Promise<Verdict> {
    const reply = await this.http.send({ what: 'verify the account', method: 'GET', path: '/auth/me' });
    const verdict = verdictOf(reply);
    if (reply.kind !== 'ok' || (flagIn(reply.body, 'enabled') ?? flagIn(reply.body, 'is_active') ?? true))
      return verdict;
    return closedAccount('Vobiz: the account is not active: ask Vobiz to activate it');
  }

  listNumbers(): Promise<NumberListing> {
    const path = `${this.account}/numbers`;
    return walkPages(
      1,
      (page) => this.http.send({ what: 'list the numbers', method: 'GET', path, query: { page, per_page: PAGE_SIZE } }),
      readPage,
    );
  }

  async placeCall(order: CallOrder): Promise<Placement> {
    const path = `${this.account}/Call/`;
    const reply = await this.http.place(order, { path, json: callBody(order) });
    return placementOf(reply, (body) => textIn(body, 'request_uuid'));
  }

  async readCall(carrierId: string): Promise<CallReading> {
    const path = `${this.account}/Call/${segment(carrierId)}/`;
    const unfinished = await readUnfinished(this.http, path);
    if (unfinished.kind !== 'not_found') return unfinished;
    const record = `${this.account}/cdr/${segment(carrierId)}`;
    const reply = await this.http.send({ what: 'read a call', method: 'GET', path: record });
    return readingOf(reply, (body) => recordState(body) ?? recordState(at(body, 'data')));
  }

  async endCall(carrierId: string): Promise<Ending> {
    const path = `${this.account}/Call/${segment(carrierId)}/`;
    return endingOf(await this.http.send({ what: 'end a call', method: 'DELETE', path }));
  }
}

const readPage = (body: unknown, page: number): NumbersPage<number> | null => {
  const rows = listOf(at(body, 'items'));
  if (rows === null) return null;
  const total = secondsIn(body, 'total');
  const isLast = total === null ? rows.length < PAGE_SIZE : page * PAGE_SIZE >= total || rows.length === 0;
  return { numbers: rows.flatMap(readNumber), next: isLast ? null : page + 1 };
};

const readNumber = (row: unknown): readonly ListedNumber[] => {
  const number = textIn(row, 'e164', 'number');
  if (number === null) return [];
  const voice = flagIn(row, 'voice_enabled') ?? flagIn(at(row, 'capabilities'), 'voice');
  return [{ id: textIn(row, 'id'), number, name: textIn(row, 'friendly_name', 'alias'), voice, raw: row }];
};

/** docs/carriers/vobiz.md */
export const vobiz: CarrierSpec = {
  label: 'Vobiz',
  baseUrlOf: () => 'https://api.vobiz.ai/api/v1',
  login: ['auth_id', 'auth_token'],
  isGuessable: true,
  callbacks: vobizCallbacks,
  open: ({ field, baseUrl, dialling }) => {
    const [id, token] = [field('auth_id'), field('auth_token')];
    const headers = { 'x-auth-id': id, 'x-auth-token': token };
    return new Vobiz(new CarrierHttp({ label: 'Vobiz', baseUrl, headers, secrets: [token] }, dialling), id);
  },
};
