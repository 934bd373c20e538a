import type { ConnectionId, RemoteBot, RemoteClient, RemoteDid, RemoteRouting } from '@dialtone/domain';
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
  answer: (call: VoiceLinkCall) => CallOutcome | Promise<CallOutcome> = () => EMPTY;
  private listed: Listings = NOTHING_LISTED;

  open(connectionId: ConnectionId): Promise<Pick<HttpVoiceLinkAccount, 'raw' | 'list' | 'placeCall'> | null> {
    if (this.closed.has(connectionId)) return Promise.resolve(null);
    const call = async (asked: VoiceLinkCall): Promise<CallOutcome> => {
      this.calls.push({ ...asked, connectionId });
      return this.answer(asked);
    };
    const list = ((section: keyof Listings) => Promise.resolve(this.listed[section])) as HttpVoiceLinkAccount['list'];
    const placeCall: HttpVoiceLinkAccount['placeCall'] = async (input) => {
      const outcome = await call({ method: 'POST', path: '/v1/add_lead', body: { ...input } });
      return outcome.kind === 'ok' ? { kind: 'accepted', id: 4401 } : outcome;
    };
    return Promise.resolve({ raw: { call }, list, placeCall });
  }

  clear(): void {
    this.calls.length = 0;
    this.closed.clear();
    this.answer = () => EMPTY;
    this.listed = NOTHING_LISTED;
  }

  /** What is listed from now on; what is left out is empty. */
  set listings(listings: Partial<Listings>) {
    this.listed = { ...NOTHING_LISTED, ...listings };
  }

  get listings(): Listings {
    return this.listed;
  }
}
