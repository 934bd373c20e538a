import type { World } from '../../apps/voicelink-simulator/src/world/world';
import type { Customer } from './carrier-accounts';

const HOUR_MS = 3_600_000;
/** Times at which a pause may end. */
const soon = (): readonly string[] =>
  [1, 24, 30 * 24].map((hours) => new Date(Date.now() + hours * HOUR_MS).toISOString());

/** What a partner with this VoiceLink account and these of its numbers (digits) writes into inputs, by their names. */
export const recordsOf = (world: World, numbers: readonly string[]): Readonly<Record<string, readonly unknown[]>> => {
  const written = numbers.map((number) => `+${number}`);
  const bots = world.bots.rows.map(({ id }) => id);
  const trunks = world.trunks.rows.map(({ id }) => id);
  return {
    did_number: numbers,
    phone_number: written,
    to_number: ['+919876543210'],
    from_number: written,
    number: written,
    did_id: world.dids.map(({ id }) => id),
    client_id: world.clients.rows.map(({ id }) => id),
    bot_id: bots,
    inbound_websocket_bot_id: bots,
    outbound_websocket_bot_id: bots,
    inbound_sip_trunk_id: trunks,
    outbound_sip_trunk_id: trunks,
    routing_id: world.routings.map(({ id }) => id),
    until: soon(),
    'If-Match': ['"1"', '*'],
  };
};

/** What a customer of carriers writes into connections beside `numbers`, those of its VoiceLink account (digits). */
export const loginsOf = (
  { credentials, numbers: own }: Customer,
  numbers: readonly string[],
): Readonly<Record<string, readonly unknown[]>> => ({
  ...Object.fromEntries(Object.entries(credentials).map(([name, value]) => [name, [value]])),
  email: [credentials['tata_email']],
  from_number: [...own, ...numbers.map((number) => `+${number}`)],
  caller_id: own,
  exe_number: own,
  // No name: trunks are looked up.
  sip_host: ['203.0.113.7:5060'],
});
