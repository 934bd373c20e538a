import type { BindingSpec } from '@dialtone/domain';
import { EngineFixture, FIXTURE_WEBSOCKET_URL } from '@dialtone/testing';

const ELSEWHERE = 'wss://elsewhere.example.test/ws';

/** A declared number that is READY on a bot that was created for it, unless the client has one. */
const readyOn = async (bot: { readonly websocketUrl: string } | null, spec: Partial<BindingSpec> = {}) => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  if (bot !== null) fixture.remote.addBot(client.id, bot);
  const did = fixture.did('918011223344', { clientId: client.id });
  await fixture.declare(did.key, spec);
  const engine = fixture.engine();
  await fixture.reconcile(engine);
  await fixture.sweep(engine);
  const told = () =>
    fixture.world.events
      .filter(({ type }) => type.startsWith('dialtone.advisory'))
      .map(({ type, data }) => [type, (data as { code: string }).code]);
  const codes = async () => (await fixture.stored(did.key)).advisories.map(({ code }) => code);
  return { fixture, engine, client, did, told, codes };
};

describe('advisories beside the verdict on a declared number', () => {
  it('are none while calls go to the bot that was created for it', async () => {
    const { codes, told } = await readyOn(null);
    expect(await codes()).toEqual([]);
    expect(told()).toEqual([]);
  });

  it('begin when calls are led to another bot, and end when they come back, with one event each', async () => {
    const { fixture, engine, client, did, told, codes } = await readyOn(null);
    const made = [...fixture.remote.bots.keys()][0] ?? 0;
    const other = fixture.remote.addBot(client.id, { websocketUrl: FIXTURE_WEBSOCKET_URL });
    fixture.remote.editRouting(did.didId, { outboundBotId: other.id });
    for (let sweep = 0; sweep < 3; sweep += 1) await fixture.sweep(engine);
    expect(await fixture.stored(did.key)).toMatchObject({ state: 'READY', drift: null });
    const [standing] = (await fixture.stored(did.key)).advisories;
    expect(standing).toMatchObject({
      code: 'BOT_MISMATCH',
      message: expect.stringContaining(`bot_id=${String(made)}`) as unknown,
    });
    fixture.remote.editRouting(did.didId, { outboundBotId: made });
    for (let sweep = 0; sweep < 3; sweep += 1) await fixture.sweep(engine);
    expect(await codes()).toEqual([]);
    expect(told()).toEqual([
      ['dialtone.advisory.raised.v1', 'BOT_MISMATCH'],
      ['dialtone.advisory.cleared.v1', 'BOT_MISMATCH'],
    ]);
    expect(fixture.upstream.effects('routing.update')).toEqual([]);
  });

  it('follow the declaration: naming what is there ends them', async () => {
    const { fixture, engine, did, told, codes } = await readyOn({ websocketUrl: ELSEWHERE });
    expect(await codes()).toEqual(['UNDECLARED_ENDPOINT']);
    await fixture.declare(did.key, { websocketUrl: ELSEWHERE });
    await fixture.reconcile(engine);
    expect(await codes()).toEqual([]);
    await fixture.declare(did.key, { websocketUrl: FIXTURE_WEBSOCKET_URL, botName: 'mine' });
    await fixture.sweep(engine);
    expect(await codes()).toEqual(['BOT_MISMATCH', 'WEBSOCKET_URL_MISMATCH']);
    await fixture.world.undeclare(fixture.connectionId, did.key);
    await fixture.sweep(engine);
    expect(await codes()).toEqual([]);
    expect(told()).toEqual([
      ['dialtone.advisory.raised.v1', 'UNDECLARED_ENDPOINT'],
      ['dialtone.advisory.cleared.v1', 'UNDECLARED_ENDPOINT'],
      ['dialtone.advisory.raised.v1', 'BOT_MISMATCH'],
      ['dialtone.advisory.raised.v1', 'WEBSOCKET_URL_MISMATCH'],
      ['dialtone.advisory.cleared.v1', 'BOT_MISMATCH'],
      ['dialtone.advisory.cleared.v1', 'WEBSOCKET_URL_MISMATCH'],
    ]);
  });

  it('stand while a list says nothing', async () => {
    const { fixture, engine, told, codes } = await readyOn({ websocketUrl: ELSEWHERE });
    fixture.upstream.inject({ on: 'bots', kind: 'fail' });
    await fixture.sweep(engine);
    expect(await codes()).toEqual(['UNDECLARED_ENDPOINT']);
    expect(told()).toHaveLength(1);
  });

  it('tell another client than the declared one, although the number is READY', async () => {
    const { fixture, did, codes } = await readyOn({ websocketUrl: FIXTURE_WEBSOCKET_URL }, { clientId: 999_999 });
    expect(await codes()).toEqual(['CLIENT_MISMATCH']);
    expect((await fixture.stored(did.key)).issues).not.toContain('NO_CLIENT_MAPPING');
  });
});
