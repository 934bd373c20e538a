import type { CallOrder, CallReading, Carrier, Ending, ListedNumber, NumberListing, Placement, Verdict } from '../port';
import type { CarrierSpec } from '../carrier-spec';
import { CarrierHttp } from '../http/carrier-http';
import { saidIn, type RefusalIn } from '../http/classify';
import { endingOf, notConfigured, placementOf, readingOf, verdictOf } from '../http/outcomes';
import { at, digitsOf, listOf, recordOf, textIn } from '../http/read';
import { walkPages } from '../http/walk-pages';
import { SmartfloSession } from './session';
import { smartfloCallbacks } from './smartflo-callbacks';
import { overState } from './smartflo-states';

/** Smartflo refuses inside of an answer 200. */
const refusalIn: RefusalIn = (body) => {
  const success = recordOf(body)['success'];
  return success === false || success === 'false'
    ? (saidIn({ ...recordOf(body), success: undefined }) ?? 'no message')
    : null;
};

/** What Smartflo takes for the ringing of the customer, seconds. */
const RING = { least: 10, most: 30 };

const NO_WAY = notConfigured(
  'Tata Smartflo: the connection has neither api_key (Click to Call Support) nor agent_number: without one of them no call can be placed',
);

interface Fields {
  readonly apiKey: string;
  readonly agentNumber: string;
}

class TataSmartflo implements Carrier {
  constructor(
    private readonly http: CarrierHttp,
    private readonly session: SmartfloSession,
    private readonly fields: Fields,
  ) {}

  /** With which status a login is refused is not documented. */
  async verify(): Promise<Verdict> {
    return verdictOf(await this.session.logIn(), ['unauthorized', 'forbidden', 'rejected']);
  }

  listNumbers(): Promise<NumberListing> {
    return walkPages(
      '/v1/my_number',
      (path) => this.session.send({ what: 'list the numbers', method: 'GET', path }),
      (body) => {
        const rows = listOf(body, at(body, 'data'));
        return rows === null ? null : { numbers: rows.flatMap(readNumber), next: null };
      },
    );
  }

  async placeCall(order: CallOrder): Promise<Placement> {
    const { apiKey, agentNumber } = this.fields;
    if (apiKey === '' && agentNumber === '') return { kind: 'refused', failure: NO_WAY };
    const shared = { async: 1, caller_id: digitsOf(order.from), custom_identifier: order.callId };
    const reply = await (apiKey === ''
      ? this.agentFirst({ ...shared, agent_number: agentNumber, destination_number: digitsOf(order.to) }, order)
      : this.customerFirst({ ...shared, api_key: apiKey, customer_number: digitsOf(order.to) }, order));
    return placementOf(
      reply,
      (body) => textIn(body, 'call_id', 'ref_id') ?? textIn(at(body, 'data'), 'call_id', 'ref_id'),
    );
  }

  async readCall(carrierId: string): Promise<CallReading> {
    const query = { call_id: carrierId };
    const path = '/v1/call/records';
    const reply = await this.session.send({ what: 'read a call', method: 'GET', path, query });
    return readingOf(reply, (body) => {
      const rows = listOf(at(body, 'results'), at(body, 'data'), body) ?? [];
      const own = rows.find((row) =>
        ['call_id', 'ref_id', 'uuid', 'id'].some((name) => textIn(row, name) === carrierId),
      );
      return own === undefined ? null : overState(own);
    });
  }

  async endCall(carrierId: string): Promise<Ending> {
    const json = { call_id: carrierId };
    return endingOf(await this.session.send({ what: 'end a call', method: 'POST', path: '/v1/call/hangup', json }));
  }

  /** Rings the agent's extension, then the customer. */
  private agentFirst(body: object, { ringSeconds }: CallOrder): ReturnType<SmartfloSession['send']> {
    const json = { ...body, call_timeout: ringSeconds };
    return this.session.send({ what: 'place a call', method: 'POST', path: '/v1/click_to_call', json });
  }

  /** Rings the customer, then the destination of the key. The key is the credential: no login is needed. */
  private customerFirst(body: object, { ringSeconds }: CallOrder): ReturnType<SmartfloSession['send']> {
    const customer_ring_timeout = Math.min(RING.most, Math.max(RING.least, ringSeconds));
    const json = { ...body, customer_ring_timeout };
    return this.http.send({ what: 'place a call', method: 'POST', path: '/v1/click_to_call_support', json });
  }
}

const readNumber = (row: unknown): readonly ListedNumber[] => {
  const number = textIn(row, 'did', 'alias');
  if (number === null) return [];
  return [{ id: textIn(row, 'id'), number, name: textIn(row, 'name', 'description'), voice: null, raw: row }];
};

/** docs/carriers/tata_smartflo.md */
export const tataSmartflo: CarrierSpec = {
  label: 'Tata Smartflo',
  baseUrlOf: () => 'https://api-smartflo.tatateleservices.com',
  login: ['tata_email', 'tata_password'],
  isGuessable: true,
  callbacks: smartfloCallbacks,
  open: ({ field, baseUrl, dialling }) => {
    const [password, apiKey] = [field('tata_password'), field('api_key')];
    const http = new CarrierHttp({ label: 'Tata Smartflo', baseUrl, secrets: [password, apiKey], refusalIn }, dialling);
    const session = new SmartfloSession(http, { email: field('tata_email'), password });
    return new TataSmartflo(http, session, { apiKey, agentNumber: field('agent_number') });
  },
};
