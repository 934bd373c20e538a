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
