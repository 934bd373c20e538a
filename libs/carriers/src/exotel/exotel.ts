import type { CallOrder, CallReading, Carrier, Ending, ListedNumber, NumberListing, Placement, Verdict } from '../port';
import type { CarrierSpec } from '../carrier-spec';
import { basic, CarrierHttp } from '../http/carrier-http';
import { placementOf, readingOf, verdictOf, type ReadState } from '../http/outcomes';
import { at, flagIn, listOf, secondsIn, segment, textIn } from '../http/read';
import { EXOTEL_STATES } from './exotel-states';
import { exotelCallbacks, exotelMediaUrl } from './exotel-callbacks';
import { walkPages, type NumbersPage } from '../http/walk-pages';

/** The hosts of Exotel's API: Singapore and Mumbai. A partner names one, and credentials go to no other. */
export const EXOTEL_HOSTS = ['api.exotel.com', 'api.in.exotel.com'] as const;

const ANSWER_PAGE = 'http://my.exotel.com';

class Exotel implements Carrier {
  private readonly account: string;

  constructor(
    private readonly http: CarrierHttp,
    private readonly sid: string,
    private readonly appletId: string,
  ) {
    this.account = `/v1/Accounts/${segment(sid)}`;
  }

  async verify(): Promise<Verdict> {
    const ask = (path: string, query = {}) =>
      this.http.send({ what: 'verify the account', method: 'GET', path: `${this.account}/${path}`, query });
    const balance = verdictOf(await ask('Balance.json'));
    if (balance.kind !== 'unknown' || !['forbidden', 'not_found'].includes(balance.failure.reason)) return balance;
    // A key without the right to see the balance may place calls all the same.
    return verdictOf(await ask('Calls.json', { PageSize: 1 }), ['unauthorized', 'forbidden', 'not_found']);
  }

  listNumbers(): Promise<NumberListing> {
    const path = `/v2_beta/Accounts/${segment(this.sid)}/IncomingPhoneNumbers`;
    return walkPages(
      '',
      (query) => this.http.send({ what: 'list the numbers', method: 'GET', path: path + query }),
      readPage,
    );
  }

  async placeCall(order: CallOrder): Promise<Placement> {
    const reply = await this.http.place(order, {
      path: `${this.account}/Calls/connect.json`,
      form: [
        // Exotel dials From first: that is the customer.
        ['From', order.to],
        ['CallerId', order.callerId],
        ...this.handover(order),
        ['StatusCallback', order.statusUrl],
        ['StatusCallbackEvents[0]', 'terminal'],
        ['StatusCallbackEvents[1]', 'answered'],
        ['CustomField', order.callId],
      ],
    });
    return placementOf(reply, (body) => textIn(at(body, 'Call'), 'Sid'));
  }

  async readCall(carrierId: string): Promise<CallReading> {
    const path = `${this.account}/Calls/${segment(carrierId)}.json`;
    const reply = await this.http.send({ what: 'read a call', method: 'GET', path, query: { details: 'true' } });
    return readingOf(reply, stateIn);
  }

  /** Version 1 of the API has no request for it; closing the media socket ends the call. */
  endCall(): Promise<Ending> {
    return Promise.resolve({ kind: 'unsupported' });
  }

  /** The partner's flow leads to the media endpoint; without one the account streams directly, if AgentStream is switched on there. */
  private handover(order: CallOrder): [string, string][] {
    if (this.appletId === '') {
      return [
        ['StreamUrl', exotelMediaUrl(order)],
        ['StreamType', 'bidirectional'],
      ];
    }
    return [
      ['Url', `${ANSWER_PAGE}/${segment(this.sid)}/exoml/start_voice/${segment(this.appletId)}`],
      ['CallType', 'trans'],
      ['TimeOut', String(order.ringSeconds)],
    ];
  }
}

const stateIn = (body: unknown): ReadState | null => {
  const call = at(body, 'Call');
  const state = EXOTEL_STATES[textIn(call, 'Status') ?? ''];
  return state === undefined ? null : { state, durationSeconds: secondsIn(call, 'Duration'), reason: null };
};

const readPage = (body: unknown): NumbersPage<string> | null => {
  const rows = listOf(at(body, 'incoming_phone_numbers'));
  if (rows === null) return null;
  const query = /\?[\w=&%.-]*$/.exec(textIn(body, 'next_page_uri') ?? '')?.[0] ?? null;
  return { numbers: rows.flatMap(readNumber), next: query };
};

const readNumber = (row: unknown): readonly ListedNumber[] => {
  const number = textIn(row, 'phone_number');
  if (number === null) return [];
  const voice = flagIn(at(row, 'capabilities'), 'voice');
  return [{ id: textIn(row, 'sid'), number, name: textIn(row, 'friendly_name'), voice, raw: row }];
};

/** docs/carriers/exotel.md */
export const exotel: CarrierSpec = {
  label: 'Exotel',
  baseUrlOf: (field) => {
    const host = field('subdomain').toLowerCase();
    return EXOTEL_HOSTS.some((known) => known === host) ? `https://${host}` : null;
  },
  login: ['account_sid', 'api_key', 'api_token'],
  isGuessable: true,
  callbacks: exotelCallbacks,
  open: ({ field, baseUrl, dialling }) => {
    const [key, token] = [field('api_key'), field('api_token')];
    const account = { label: 'Exotel', baseUrl, headers: basic(key, token), secrets: [key, token] };
    return new Exotel(new CarrierHttp(account, dialling), field('account_sid'), field('applet_id'));
  },
};
