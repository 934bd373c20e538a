/** Whose API is imitated; `sip` is a jambonz media gateway that dials a trunk. */
export const PROVIDERS = ['twilio', 'plivo', 'vobiz', 'exotel', 'tata_smartflo', 'mcube', 'sip'] as const;
export type Provider = (typeof PROVIDERS)[number];
