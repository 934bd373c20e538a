import type { CarrierHttp } from '../http/carrier-http';
import type { Reply } from '../http/classify';
import { failureOf } from '../http/outcomes';
import { at, listOf, segment, textIn } from '../http/read';
import type { CarrierFailure } from '../port';
import type { InboundTarget } from '../pointing/pointing';
import { secretsOfUrl, shownUrl } from '../pointing/shown-url';

interface Application {
  readonly id: string;
  readonly name: string | null;
  readonly answerUrl: string | null;
  readonly hangupUrl: string | null;
}

const PAGE_SIZE = 20;
/** Far more than an account has applications. */
const MAX_PAGES = 200;

type Failed = { readonly kind: 'refused' | 'unknown'; readonly failure: CarrierFailure };
export type OwnApplication = { readonly kind: 'ready'; readonly id: string } | Failed;

/** Sets of URLs that numbers point at: at Plivo, and at Vobiz, which speaks the same way. */
export class Applications {
  constructor(
    private readonly http: CarrierHttp,
    /** Of the list, with the slash at its end. */
    private readonly path: string,
  ) {}

  /** Our application of that name with the URL of the target. One that there is already is corrected, not made again. */
  async own(target: InboundTarget): Promise<OwnApplication> {
    const found = await this.find(target.name);
    if (found.kind !== 'found') return found;
    const { application } = found;
    if (application === null) return this.make(target);
    if (application.answerUrl === target.url && application.hangupUrl === target.url)
      return { kind: 'ready', id: application.id };
    const reply = await this.send(`${segment(application.id)}/`, target, 'change an application');
    return reply.kind === 'ok' ? { kind: 'ready', id: application.id } : reply;
  }

  /** Its name and where it leads, for people; null when it cannot be read now. */
  async describe(id: string): Promise<string | null> {
    const path = `${this.path}${segment(id)}/`;
    const reply = await this.http.send({ what: 'read an application', method: 'GET', path, keepsBody: true });
    if (reply.kind !== 'ok') return null;
    const { name, answerUrl } = applicationOf(reply.body);
    const where = answerUrl === null ? '' : ` (${shownUrl(answerUrl)})`;
    return `application ${id}${name === null ? '' : ` "${name.slice(0, 80)}"`}${where}`;
  }

  private async make(target: InboundTarget): Promise<OwnApplication> {
    const reply = await this.send('', target, 'make an application');
    if (reply.kind !== 'ok') return reply;
    const id = textIn(reply.body, 'app_id');
    if (id !== null) return { kind: 'ready', id };
    return { kind: 'unknown', failure: failureOf('unavailable', reply.status, 'the answer holds no app_id') };
  }

  private send(below: string, { name, url }: InboundTarget, what: string): Promise<Reply> {
    const json = {
      app_name: name,
      answer_url: url,
      answer_method: 'POST',
      // Vobiz would call the answer URL at the end of a call without saying so; Plivo would call nothing.
      hangup_url: url,
      hangup_method: 'POST',
    };
    return this.http.send({ what, method: 'POST', path: this.path + below, json }, secretsOfUrl(url));
  }

  private async find(
    name: string,
  ): Promise<{ readonly kind: 'found'; readonly application: Application | null } | Failed> {
    for (let offset = 0, page = 0; page < MAX_PAGES; page += 1, offset += PAGE_SIZE) {
      const query = { limit: PAGE_SIZE, offset };
      const reply = await this.http.send({
        what: 'list the applications',
        method: 'GET',
        path: this.path,
        query,
        keepsBody: true,
      });
      if (reply.kind !== 'ok') return reply;
      const rows = listOf(at(reply.body, 'objects'), at(reply.body, 'items'), at(reply.body, 'applications'));
      if (rows === null) return noList('the answer is no list of applications', reply.status);
      const row = rows.find((one) => textIn(one, 'app_name') === name);
      if (row !== undefined) return { kind: 'found', application: applicationOf(row) };
      if (rows.length < PAGE_SIZE) return { kind: 'found', application: null };
    }
    return noList('the pages of the list of applications do not end', null);
  }
}

/** Nothing was changed, and no application is made while it is not known whether there is one. */
const noList = (message: string, status: number | null): Failed => ({
  kind: 'refused',
  failure: failureOf('unavailable', status, message),
});

const applicationOf = (row: unknown): Application => ({
  id: textIn(row, 'app_id', 'id') ?? '',
  name: textIn(row, 'app_name'),
  answerUrl: textIn(row, 'answer_url'),
  hangupUrl: textIn(row, 'hangup_url'),
});
