import type { CarrierHttp } from '../http/carrier-http';
import { failureOf, notConfigured } from '../http/outcomes';
import { at, digitsOf, listOf, segment, textIn } from '../http/read';
import type {
  InboundPointing,
  InboundTarget,
  Pointer,
  PointerReading,
  PointerWrite,
  PreparedTarget,
} from '../pointing/pointing';
import { Applications } from '../plivo/applications';

/** Which of both wins is not documented. */
const ON_A_TRUNK = notConfigured(
  'Vobiz: the number is assigned to a trunk: take it off the trunk in the Vobiz console, then assign the agent again',
  'rejected',
);

/** https://docs.vobiz.ai: applications, and numbers that are attached to them. */
export class VobizPointing implements InboundPointing {
  private readonly applications: Applications;

  constructor(
    private readonly http: CarrierHttp,
    /** The path of the account. */
    private readonly account: string,
  ) {
    this.applications = new Applications(http, `${account}/Application/`);
  }

  async read(number: string): Promise<PointerReading> {
    const query = { page: 1, per_page: 100, search: digitsOf(number) };
    const reply = await this.http.send({
      what: 'read a number',
      method: 'GET',
      path: `${this.account}/numbers`,
      query,
    });
    if (reply.kind !== 'ok') return { kind: 'failed', failure: reply.failure };
    const rows = listOf(at(reply.body, 'items'));
    if (rows === null)
      return { kind: 'failed', failure: failureOf('unavailable', reply.status, 'the answer is no list of numbers') };
    const row = rows.find((one) => digitsOf(textIn(one, 'e164', 'number') ?? '') === digitsOf(number));
    if (row === undefined) return { kind: 'absent' };
    const pointer = { application: textIn(row, 'application_id'), trunk: textIn(row, 'trunk_group_id') };
    return { kind: 'read', id: `+${digitsOf(number)}`, pointer };
  }

  async describe({ application = null, trunk = null }: Pointer): Promise<string | null> {
    const parts = [
      application === null ? null : ((await this.applications.describe(application)) ?? `application ${application}`),
      trunk === null ? null : `trunk ${trunk}`,
    ].filter((part) => part !== null);
    return parts.length === 0 ? null : parts.join(', ');
  }

  async prepare(target: InboundTarget): Promise<PreparedTarget> {
    const own = await this.applications.own(target);
    return own.kind === 'ready' ? { kind: 'ready', pointer: { application: own.id, trunk: null } } : own;
  }

  async write({
    id,
    from,
    to,
  }: {
    readonly id: string;
    readonly from: Pointer;
    readonly to: Pointer;
  }): Promise<PointerWrite> {
    if (from['trunk'] !== to['trunk']) return { kind: 'refused', failure: ON_A_TRUNK };
    const path = `${this.account}/numbers/${segment(id)}/application`;
    const application = to['application'] ?? null;
    const reply = await this.http.send(
      application === null
        ? { what: 'detach a number', method: 'DELETE', path }
        : { what: 'point a number', method: 'POST', path, json: { application_id: application } },
    );
    return reply.kind === 'ok' ? { kind: 'written' } : reply;
  }
}
