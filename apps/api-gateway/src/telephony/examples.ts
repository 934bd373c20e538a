import type { TelephonyProvider } from '@dialtone/persistence';

type Fields = Readonly<Record<string, string | readonly string[]>>;

/** An example body for each provider. */
export const PROVIDER_EXAMPLES: Readonly<Record<TelephonyProvider, Fields>> = {
  plivo: { auth_id: 'MAxxxxxxxxxxxxxxxxxx', auth_token: 'your_plivo_auth_token', from_number: '+918011223344' },
  voicelink: { username: 'your_voicelink_login', password: 'your_voicelink_password', did_number: '+918011223344' },
  twilio: { account_sid: 'ACxxxxxxxxxxxxxxxx', auth_token: 'your_twilio_auth_token', from_number: '+918011223344' },
  exotel: {
    account_sid: 'your_account',
    api_key: 'your_exotel_api_key',
    api_token: 'your_exotel_api_token',
    subdomain: 'api.exotel.com',
    applet_id: '123456',
    caller_id: '08047112233',
  },
  vobiz: { auth_id: 'MAxxxxxxxxxxxxxxxxxx', auth_token: 'your_vobiz_auth_token', from_number: '+918011223344' },
  tata_smartflo: {
    tata_email: 'ops@example.com',
    tata_password: 'your_smartflo_password',
    agent_number: '1001',
    from_number: '+918011223344',
  },
  sip: {
    sip_host: 'sip.example.com:5060',
    source_ips: ['203.0.113.7'],
    sip_transport: 'UDP',
    did_number: '+918011223344',
  },
  mcube: { jwt_token: 'your_mcube_token', exe_number: '08047112233' },
};
