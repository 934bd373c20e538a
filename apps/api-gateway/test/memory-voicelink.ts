import {
  hiderOf,
  type ConnectionId,
  type RemoteBot,
  type RemoteClient,
  type RemoteDid,
  type RemoteRouting,
} from '@dialtone/domain';
import type { CallOutcome, HttpVoiceLinkAccount, ReadListing, VoiceLinkCall } from '@dialtone/voicelink';

const EMPTY: CallOutcome = { kind: 'ok', httpStatus: 200, body: { status: true, message: 'Success', data: [] } };

interface Listings {
  readonly clients: ReadListing<RemoteClient>;
  readonly bots: ReadListing<RemoteBot>;
  readonly dids: ReadListing<RemoteDid>;
  readonly routing: ReadListing<RemoteRouting>;
}

const NONE = { status: 'complete', rows: [] } as const;
const NOTHING_LISTED: Listings = { clients: NONE, bots: NONE, dids: NONE, routing: NONE };

/** VoiceLink as a function: it answers as it is told, and remembers what it was asked. */
export class MemoryVoiceLink {
  readonly calls: (VoiceLinkCall & { readonly connectionId: ConnectionId })[] = [];
  /** Connections that cannot be opened, for example because their base URL is not allowed any more. */
  readonly closed = new Set<ConnectionId>();
  /** Of every account. */
  secrets: readonly string[] = [];
  answer: (call: VoiceLinkCall) => CallOutcome | Promise<CallOutcome> = () => EMPTY;
  private listed: Listings = NOTHING_LISTED;

  open(connectionId: ConnectionId): Promise<Pick<HttpVoiceLinkAccount, 'raw' | 'list' | 'placeCall'> | null> {
    if (this.closed.has(connectionId)) return Promise.resolve(null);
    const call = async ({ secrets = [], ...asked }: VoiceLinkCall): Promise<CallOutcome> => {
      this.calls.push({ ...asked, connectionId });
      return withHidden(await this.answer(asked), secrets);
    };
    const list = ((section: keyof Listings) => Promise.resolve(this.listed[section])) as HttpVoiceLinkAccount['list'];
    const placeCall: HttpVoiceLinkAccount['placeCall'] = async (input) => {
      const outcome = await call({ method: 'POST', path: '/v1/add_lead', body: { ...input } });
      return outcome.kind === 'ok' ? { kind: 'accepted', id: 4401 } : outcome;
    };
    return Promise.resolve({ raw: { call, secrets: this.secrets }, list, placeCall });
  }

  clear(): void {
    this.calls.length = 0;
    this.closed.clear();
    this.secrets = [];
    this.answer = () => EMPTY;
    this.listed = NOTHING_LISTED;
  }

  /** The lists from now on; an omitted one is empty. */
  set listings(listings: Partial<Listings>) {
    this.listed = { ...NOTHING_LISTED, ...listings };
  }

  get listings(): Listings {
    return this.listed;
  }
}

/** As the client promises for what is sent with a call: no failure tells it. */
const withHidden = (outcome: CallOutcome, secrets: readonly string[]): CallOutcome => {
  if (outcome.kind === 'ok') return outcome;
  const hide = hiderOf(secrets);
  const fields = Object.entries(outcome.fields).map(([field, messages]) => [field, messages.map(hide)] as const);
  const failure = { ...outcome.failure, message: hide(outcome.failure.message) };
  return { ...outcome, failure, fields: Object.fromEntries(fields) };
};
