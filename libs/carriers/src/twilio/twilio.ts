import type { CallOrder, CallReading, Carrier, Ending, ListedNumber, NumberListing, Placement, Verdict } from '../port';
import type { CarrierSpec } from '../carrier-spec';
import { basic, CarrierHttp } from '../http/carrier-http';
import { closedAccount, endingOf, placementOf, readingOf, verdictOf, type ReadState } from '../http/outcomes';
import { at, flagIn, listOf, secondsIn, segment, textIn } from '../http/read';
import { walkPages, type NumbersPage } from '../http/walk-pages';
import { twilioCallbacks } from './twilio-callbacks';
import { TwilioPointing } from './twilio-pointing';
import { TWILIO_STATES } from './twilio-states';
import { connectStream } from './twiml';

const MAX_TWIML = 4_000;
const PAGE_SIZE = 1_000;
const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];

class Twilio implements Carrier {
  readonly inbound: TwilioPointing;
  private readonly account: string;

  constructor(
    private readonly http: CarrierHttp,
    sid: string,
  ) {
    this.account = `/2010-04-01/Accounts/${segment(sid)}`;
    this.inbound = new TwilioPointing(http, this.account);
  }

  async verify(): Promise<Verdict> {
    const reply = await this.http.send({ what: 'verify the account', method: 'GET', path: `${this.account}.json` });
    // Credentials that may not read their own account are test credentials: no phone rings for them.
    const verdict = verdictOf(reply, ['unauthorized', 'forbidden', 'not_found']);
    const status = reply.kind === 'ok' ? textIn(reply.body, 'status') : null;
    if (status === null || status === 'active') return verdict;
    return closedAccount(`Twilio: the account is ${status}: ask Twilio to open it again`);
  }

  listNumbers(): Promise<NumberListing> {
    const list = `${this.account}/IncomingPhoneNumbers.json`;
    return walkPages(
      `${list}?PageSize=${String(PAGE_SIZE)}`,
      (path) => this.http.send({ what: 'list the numbers', method: 'GET', path }),
      (body) => readPage(body, list),
    );
  }

  async placeCall(order: CallOrder): Promise<Placement> {
    const twiml = connectStream(order);
    const handover: [string, string][] =
      twiml.length <= MAX_TWIML
        ? [['Twiml', twiml]]
        : [
            ['Url', order.answerUrl],
            ['Method', 'POST'],
          ];
    const reply = await this.http.place(order, {
      path: `${this.account}/Calls.json`,
      form: [
        ['To', order.to],
        ['From', order.from],
        ...handover,
        ['StatusCallback', order.statusUrl],
        ['StatusCallbackMethod', 'POST'],
        ...EVENTS.map((event): [string, string] => ['StatusCallbackEvent', event]),
        ['Timeout', String(order.ringSeconds)],
      ],
    });
    return placementOf(reply, (body) => textIn(body, 'sid'));
  }

  async readCall(carrierId: string): Promise<CallReading> {
    const path = `${this.account}/Calls/${segment(carrierId)}.json`;
    return readingOf(await this.http.send({ what: 'read a call', method: 'GET', path }), stateIn);
  }

  async endCall(carrierId: string): Promise<Ending> {
    const path = `${this.account}/Calls/${segment(carrierId)}.json`;
    return endingOf(
      await this.http.send({ what: 'end a call', method: 'POST', path, form: [['Status', 'completed']] }),
    );
  }
}

const stateIn = (body: unknown): ReadState | null => {
  const state = TWILIO_STATES[textIn(body, 'status') ?? ''];
  return state === undefined ? null : { state, durationSeconds: secondsIn(body, 'duration'), reason: null };
};

const readPage = (body: unknown, list: string): NumbersPage<string> | null => {
  const rows = listOf(at(body, 'incoming_phone_numbers'));
  if (rows === null) return null;
  const next = textIn(body, 'next_page_uri');
  // Only further pages of this list are followed.
  if (next !== null && !next.startsWith(`${list}?`)) return null;
  return { numbers: rows.flatMap(readNumber), next };
};

const readNumber = (row: unknown): readonly ListedNumber[] => {
  const number = textIn(row, 'phone_number');
  if (number === null) return [];
  const voice = flagIn(at(row, 'capabilities'), 'voice');
  return [{ id: textIn(row, 'sid'), number, name: textIn(row, 'friendly_name'), voice, raw: row }];
};

/** docs/carriers/twilio.md */
export const twilio: CarrierSpec = {
  label: 'Twilio',
  baseUrlOf: () => 'https://api.twilio.com',
  login: ['account_sid', 'auth_token'],
  isGuessable: true,
  callbacks: twilioCallbacks,
  open: ({ field, baseUrl, dialling }) => {
    const [sid, token] = [field('account_sid'), field('auth_token')];
    const account = { label: 'Twilio', baseUrl, headers: basic(sid, token), secrets: [token] };
    return new Twilio(new CarrierHttp(account, dialling), sid);
  },
};
