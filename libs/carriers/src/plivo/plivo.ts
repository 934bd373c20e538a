import type { CallOrder, CallReading, Carrier, Ending, ListedNumber, NumberListing, Placement, Verdict } from '../port';
import type { CarrierSpec } from '../carrier-spec';
import { basic, CarrierHttp } from '../http/carrier-http';
import { endingOf, placementOf, readingOf, verdictOf } from '../http/outcomes';
import { at, flagIn, listOf, segment, textIn } from '../http/read';
import { walkPages, type NumbersPage } from '../http/walk-pages';
import { plivoCallbacks } from './plivo-callbacks';
import { PlivoPointing } from './plivo-pointing';
import { callBody, readUnfinished, recordState } from './plivo-calls';

/** More are refused. */
const PAGE_SIZE = 20;

class Plivo implements Carrier {
  readonly inbound: PlivoPointing;
  private readonly account: string;

  constructor(
    private readonly http: CarrierHttp,
    authId: string,
  ) {
    this.account = `/v1/Account/${segment(authId)}/`;
    this.inbound = new PlivoPointing(http, this.account);
  }

  async verify(): Promise<Verdict> {
    const reply = await this.http.send({ what: 'verify the account', method: 'GET', path: this.account });
    return verdictOf(reply, ['unauthorized', 'not_found']);
  }

  listNumbers(): Promise<NumberListing> {
    const path = `${this.account}Number/`;
    return walkPages(
      0,
      (offset) =>
        this.http.send({ what: 'list the numbers', method: 'GET', path, query: { limit: PAGE_SIZE, offset } }),
      readPage,
    );
  }

  async placeCall(order: CallOrder): Promise<Placement> {
    const path = `${this.account}Call/`;
    const reply = await this.http.place(order, { path, json: callBody(order) });
    return placementOf(reply, (body) => textIn(body, 'request_uuid'));
  }

  async readCall(carrierId: string): Promise<CallReading> {
    const path = `${this.account}Call/${segment(carrierId)}/`;
    const unfinished = await readUnfinished(this.http, path);
    if (unfinished.kind !== 'not_found') return unfinished;
    return readingOf(await this.http.send({ what: 'read a call', method: 'GET', path }), recordState);
  }

  async endCall(carrierId: string): Promise<Ending> {
    const end = async (path: string): Promise<Ending> =>
      endingOf(await this.http.send({ what: 'end a call', method: 'DELETE', path: `${this.account}${path}/` }));
    const ending = await end(`Call/${segment(carrierId)}`);
    // One that was not dialled yet is still a request.
    return ending.kind === 'not_found' ? end(`Request/${segment(carrierId)}`) : ending;
  }
}

const readPage = (body: unknown, offset: number): NumbersPage<number> | null => {
  const rows = listOf(at(body, 'objects'));
  if (rows === null) return null;
  const isLast = textIn(at(body, 'meta'), 'next') === null || rows.length === 0;
  return { numbers: rows.flatMap(readNumber), next: isLast ? null : offset + rows.length };
};

const readNumber = (row: unknown): readonly ListedNumber[] => {
  const number = textIn(row, 'number');
  if (number === null) return [];
  return [{ id: number, number, name: textIn(row, 'alias'), voice: flagIn(row, 'voice_enabled'), raw: row }];
};

/** docs/carriers/plivo.md */
export const plivo: CarrierSpec = {
  label: 'Plivo',
  baseUrlOf: () => 'https://api.plivo.com',
  login: ['auth_id', 'auth_token'],
  isGuessable: true,
  callbacks: plivoCallbacks,
  open: ({ field, baseUrl, dialling }) => {
    const [id, token] = [field('auth_id'), field('auth_token')];
    const account = { label: 'Plivo', baseUrl, headers: basic(id, token), secrets: [token] };
    return new Plivo(new CarrierHttp(account, dialling), id);
  },
};
