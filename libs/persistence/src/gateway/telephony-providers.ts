/** Carriers that a connection may be of, as the API spells them. */
export const TELEPHONY_PROVIDERS = [
  'twilio',
  'exotel',
  'plivo',
  'vobiz',
  'tata_smartflo',
  'sip',
  'voicelink',
  'mcube',
] as const;

export type TelephonyProvider = (typeof TELEPHONY_PROVIDERS)[number];

/** Whose number a call shows: an active one that is bound to the agent, else the default one of the connection; or always that. */
export const CALLER_IDS: Readonly<Record<TelephonyProvider, 'agent_first' | 'default'>> = {
  twilio: 'default',
  exotel: 'default',
  mcube: 'default',
  plivo: 'agent_first',
  vobiz: 'agent_first',
  tata_smartflo: 'agent_first',
  sip: 'agent_first',
  voicelink: 'agent_first',
};
