import type { Account, Application } from '../../world/account';
import { answer, changed, type Answer, type Failure } from '../../wire/answer';
import { textOf } from '../../wire/request';
import type { Endpoint, Exchange } from '../carrier-model';

const MAX_PAGE = 100;

const fieldsOf = (body: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]));

const rowOf = ({ id, fields }: Application): object => ({ app_id: id, enabled: true, ...fields });

const make = ({ account, request, world }: Exchange, fail: (failure: Failure) => Answer): Answer => {
  const missing = ['app_name', 'answer_url'].find((name) => textOf(request.body, name) === '');
  if (missing !== undefined) return fail({ status: 400, message: `${missing} is required` });
  const id = world.ids.digits(17);
  account.applications.push({ id, fields: fieldsOf(request.body) });
  return changed(201, { message: 'created', app_id: id, api_id: world.ids.uuid() });
};

const list = ({ account: { applications }, request, world }: Exchange): Answer => {
  const limit = Math.min(MAX_PAGE, Math.max(1, Number(request.query.get('limit') ?? 20) || 20));
  const offset = Math.max(0, Number(request.query.get('offset') ?? 0) || 0);
  const next =
    offset + limit < applications.length
      ? `${request.path}?limit=${String(limit)}&offset=${String(offset + limit)}`
      : null;
  return answer(200, {
    api_id: world.ids.uuid(),
    meta: { limit, offset, next, previous: null, total_count: applications.length },
    objects: applications.slice(offset, offset + limit).map(rowOf),
  });
};

const onApplication =
  (fail: (failure: Failure) => Answer, work: (found: Application, exchange: Exchange) => Answer) =>
  (exchange: Exchange): Answer => {
    const found = exchange.account.applications.find(({ id }) => id === exchange.params['application']);
    return found === undefined ? fail({ status: 404, message: 'application not found' }) : work(found, exchange);
  };

/** What is left out stays. */
const change = (found: Application, { account, request, world }: Exchange): Answer => {
  const fields = { ...found.fields, ...fieldsOf(request.body) };
  account.applications = account.applications.map((one) => (one.id === found.id ? { ...one, fields } : one));
  return changed(202, { message: 'changed', api_id: world.ids.uuid() });
};

/** What a call to a number asks: the URLs of the application with this id. */
export const urlsOf = ({ applications }: Account, id: string): Readonly<Record<string, string>> | null =>
  applications.find((one) => one.id === id)?.fields ?? null;

/** The applications of Plivo and of Vobiz. `root`: with `:account`. */
export const applicationEndpoints = (root: string, fail: (failure: Failure) => Answer): readonly Endpoint[] => {
  const [all, one] = [`${root}/Application/`, `${root}/Application/:application/`];
  const read = onApplication(fail, (found, { world }) => answer(200, { ...rowOf(found), api_id: world.ids.uuid() }));
  return [
    { name: 'applications.list', method: 'GET', path: all, answer: list },
    { name: 'applications.create', method: 'POST', path: all, answer: (exchange) => make(exchange, fail) },
    { name: 'applications.read', method: 'GET', path: one, answer: read },
    { name: 'applications.update', method: 'POST', path: one, answer: onApplication(fail, change) },
  ];
};
