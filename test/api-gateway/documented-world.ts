import { type Bot, type Client, type Did, type Routing } from '../../apps/voicelink-simulator/src/world/records';
import { World } from '../../apps/voicelink-simulator/src/world/world';

/** The records of the documented examples: DID 812 of client 415, bot 93, routing record 120. */
export const CLIENT: Client = {
  id: 415,
  username: 'asha.rao',
  email: 'asha.rao@example.com',
  firstName: 'Asha',
  lastName: 'Rao',
  phone: null,
  channelCount: 5,
  isActive: 1,
  walletBalance: '0.00',
};
export const DID: Did = {
  id: 812,
  number: '918011223344',
  countryCode: '91',
  typeLabel: 'Mobile',
  clientId: 415,
  userStatus: 2,
  userExpiryDate: null,
  callRecording: 0,
  description: null,
  clientAutoRenew: 0,
  expiryDate: '2041-01-31',
  isExpired: false,
};
export const BOT: Bot = {
  id: 93,
  name: 'Vocobase +918011223344',
  websocketUrl: 'wss://api.pipecat.daily.co/ws/twilio',
  webhookUrl: null,
  audioFormat: 'l16_16k',
  noiseCancel: 1,
  status: 1,
  clientId: 415,
  misreported: false,
};
export const ROUTING: Routing = {
  id: 120,
  didId: 812,
  forInboundCall: 1,
  forOutboundCall: 3,
  inboundBotId: null,
  inboundTrunkId: null,
  outboundBotId: 93,
  outboundTrunkId: null,
  status: 1,
};

export interface Records {
  readonly clients?: readonly Client[];
  readonly dids?: readonly Did[];
  readonly bots?: readonly Bot[];
  readonly routings?: readonly Routing[];
}

/** A VoiceLink account with these records; a new one gets the id of the documented record after them. */
export const worldOf = ({ clients = [CLIENT], dids = [DID], bots = [BOT], routings = [ROUTING] }: Records): World =>
  World.restore({
    clients: { lastId: clients.length === 0 ? 414 : 415, rows: clients },
    dids: { lastId: 900, rows: dids },
    bots: { lastId: bots.length === 0 ? 92 : 93, rows: bots },
    routings: { lastId: routings.length === 0 ? 119 : 120, rows: routings },
    trunks: { lastId: 30, rows: [] },
    channelPool: 100,
    leads: 0,
  });
