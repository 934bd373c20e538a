import { EngineFixture } from '@dialtone/testing';
import type { DidKey } from '@dialtone/domain';
import type { Engine } from '../src';

interface ReadyFixture {
  readonly fixture: EngineFixture;
  readonly engine: Engine;
  readonly bot: { readonly id: number };
  readonly dids: readonly { readonly key: DidKey; readonly didId: number }[];
}

/** `count` declared DIDs of one client, brought to READY. */
export const readyFixture = async (count: number): Promise<ReadyFixture> => {
  const fixture = await EngineFixture.make();
  const client = fixture.remote.addClient();
  const bot = fixture.remote.addBot(client.id);
  const dids = Array.from({ length: count }, (_, index) =>
    fixture.did(`9180000${String(index).padStart(5, '0')}`, { clientId: client.id }),
  );
  for (const { key, didId } of dids) {
    fixture.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
    await fixture.declare(key);
  }
  const engine = fixture.engine();
  await fixture.reconcile(engine, count);
  await fixture.sweep(engine);
  return { fixture, engine, bot, dids };
};
