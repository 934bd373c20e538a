import { EngineBed } from '@dialtone/testing';
import type { DidKey } from '@dialtone/domain';
import type { Engine } from '../src';

interface ReadyBed {
  readonly bed: EngineBed;
  readonly engine: Engine;
  readonly bot: { readonly id: number };
  readonly dids: readonly { readonly key: DidKey; readonly didId: number }[];
}

/** `count` declared DIDs of one client, brought to READY. */
export const readyBed = async (count: number): Promise<ReadyBed> => {
  const bed = await EngineBed.make();
  const client = bed.remote.addClient();
  const bot = bed.remote.addBot(client.id);
  const dids = Array.from({ length: count }, (_, index) =>
    bed.did(`9180000${String(index).padStart(5, '0')}`, { clientId: client.id }),
  );
  for (const { key, didId } of dids) {
    bed.remote.addRouting(didId, { forOutboundCall: 3, outboundBotId: bot.id });
    await bed.declare(key);
  }
  const engine = bed.engine();
  await bed.reconcile(engine, count);
  await bed.sweep(engine);
  return { bed, engine, bot, dids };
};
