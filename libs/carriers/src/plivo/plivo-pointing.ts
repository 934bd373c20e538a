import type { CarrierHttp } from '../http/carrier-http';
import { digitsOf, segment, textIn } from '../http/read';
import type {
  InboundPointing,
  InboundTarget,
  Pointer,
  PointerReading,
  PointerWrite,
  PreparedTarget,
} from '../pointing/pointing';
import { Applications } from './applications';

/** https://www.plivo.com/docs/numbers/api/account-phone-number and https://www.plivo.com/docs/voice/api/applications */
export class PlivoPointing implements InboundPointing {
  private readonly applications: Applications;

  constructor(
    private readonly http: CarrierHttp,
    /** The path of the account, with the slash at its end. */
    private readonly account: string,
  ) {
    this.applications = new Applications(http, `${account}Application/`);
  }

  async read(number: string): Promise<PointerReading> {
    const id = digitsOf(number);
    const reply = await this.http.send({ what: 'read a number', method: 'GET', path: this.pathOf(id) });
    if (reply.kind === 'ok') return { kind: 'read', id, pointer: { application: idIn(reply.body) } };
    const { failure } = reply;
    return failure.reason === 'not_found' ? { kind: 'absent' } : { kind: 'failed', failure };
  }

  async describe({ application = null }: Pointer): Promise<string | null> {
    if (application === null) return null;
    return (await this.applications.describe(application)) ?? `application ${application}`;
  }

  async prepare(target: InboundTarget): Promise<PreparedTarget> {
    const own = await this.applications.own(target);
    return own.kind === 'ready' ? { kind: 'ready', pointer: { application: own.id } } : own;
  }

  /** An empty `app_id` leaves the number without an application. */
  async write({ id, to }: { readonly id: string; readonly to: Pointer }): Promise<PointerWrite> {
    const json = { app_id: to['application'] ?? '' };
    const reply = await this.http.send({ what: 'point a number', method: 'POST', path: this.pathOf(id), json });
    return reply.kind === 'ok' ? { kind: 'written' } : reply;
  }

  private pathOf(id: string): string {
    return `${this.account}Number/${segment(id)}/`;
  }
}

/** "/v1/Account/MA…/Application/29986316244302815/" */
const idIn = (row: unknown): string | null =>
  (textIn(row, 'application') ?? '').split('/').findLast((part) => part !== '') ?? null;
