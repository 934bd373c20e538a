import { READINESS_STATES } from '@dialtone/domain';
import { ADVISORIES_WITH_PAGE } from '../src/issue-pages/advisory-pages';
import { renderPage } from '../src/issue-pages/render-page';
import { TestGateway } from './gateway';
import { drifting, KEY, NOW, readyObservation } from './observations';

const PAGES = '/docs/issues';

interface Linked {
  readonly action_items: readonly { readonly code: string; readonly url: string }[];
}

describe('the pages about issues', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await TestGateway.start();
  });
  afterAll(() => gateway.close());

  const open = (path: string) => gateway.ask('GET', path, { apiKey: null });

  it.each(READINESS_STATES.filter((state) => state !== 'READY'))('has one for %s, open to everybody', async (state) => {
    const page = await open(`${PAGES}/${state}`);
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain(`<h1>${state}</h1>`);
    expect(page.text).toContain('<strong>You.</strong>');
    expect(page.text).toContain(`<a href="${PAGES}">All issues</a>`);
    expect(page.text).not.toMatch(/\*\*|<script|\.md/);
  });

  it.each(READINESS_STATES.filter((state) => state !== 'READY'))(
    'names requests for %s that there are',
    async (state) => {
      const { paths } = (await gateway.ask('GET', '/openapi.json')).json as unknown as {
        paths: Record<string, object>;
      };
      const routes = Object.entries(paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      const named = [...(await open(`${PAGES}/${state}`)).text.matchAll(/<code>([A-Z]+ \/api\/[^<]+)<\/code>/g)];
      expect(routes).toEqual(expect.arrayContaining(named.map((match) => match[1])));
      expect(named.length > 0).toBe(state !== 'UNKNOWN');
    },
  );

  it('has an index whose links all lead somewhere', async () => {
    const { text } = await open(PAGES);
    const links = [...text.matchAll(/href="([^"]+)"/g)].map((match) => String(match[1]));
    expect(links).toHaveLength(READINESS_STATES.length - 1);
    for (const link of links) expect((await open(link)).status).toBe(200);
  });

  it.each(['READY', 'README', 'constructor', '..%2F..%2Fpackage', 'no_bot'])('has none called %s', async (name) => {
    const answer = await open(`${PAGES}/${name}`);
    expect([answer.status, answer.json.error.code]).toEqual([404, 'NOT_FOUND']);
  });

  it('is where every action item of our own answers leads', async () => {
    const { partnerId, agentId } = gateway.tenant;
    await gateway.ask('PUT', `/api/v2/voicelink/bindings/${KEY}`, { body: { agent_id: agentId } });
    const readiness = gateway.world.views.get(`${partnerId}/${KEY}`)?.readiness;
    if (readiness === undefined) throw new Error('not declared');
    gateway.world.store(
      partnerId,
      drifting({ ...readiness, observedAt: NOW, ageSeconds: 1, observation: readyObservation(KEY, agentId) }),
    );
    const root = '/api/v2/voicelink';
    const rows = await Promise.all([
      gateway.ask('GET', `${root}/bindings/${KEY}`).then(({ json }) => (json.data as { readiness: Linked }).readiness),
      gateway.ask('GET', `${root}/bindings/${KEY}/plan`).then(({ json }) => json.data as Linked),
      gateway.ask('GET', `${root}/readiness`).then(({ json }) => (json.data as { readiness: Linked[] }).readiness[0]),
      gateway.ask('GET', `${root}/drift`).then(({ json }) => (json.data as { drift: Linked[] }).drift[0]),
    ]);
    for (const row of rows) {
      expect(row?.action_items.length).toBeGreaterThan(0);
      for (const { code, url } of row?.action_items ?? []) {
        expect(url).toBe(`${PAGES}/${code}`);
        expect((await open(url)).status).toBe(200);
      }
    }
  });

  it.each(ADVISORIES_WITH_PAGE)('has one for the advisory %s, open to everybody', async (code) => {
    const page = await open(`/docs/advisories/${code}`);
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.text).toContain(`<h1>${code}</h1>`);
    expect(page.text).not.toMatch(/\*\*|<script|\.md/);
  });

  it('has none for an unknown advisory', async () => {
    expect(await open('/docs/advisories/NONE')).toMatchObject({ status: 404, json: { error: { code: 'NOT_FOUND' } } });
  });

  it('shows markup in a text as text', () => {
    const html = renderPage('# <b>\n\nA "quoted" & `<code>` **bold**\n\n| a | b |\n| - | - |\n| 1 | [X](X_Y.md) |\n');
    expect(html).toContain('<title>&lt;b&gt; – Dialtone</title>');
    expect(html).toContain(
      '<p>A &quot;quoted&quot; &amp; <code>&lt;code&gt;</code> <strong>bold</strong></p>\n<table><tr><th>a</th><th>b</th></tr>\n<tr><td>1</td><td><a href="/docs/issues/X_Y">X</a></td></tr></table>',
    );
  });
});
