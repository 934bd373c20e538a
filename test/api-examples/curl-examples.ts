/**
 * Every curl command of the public API's pages about VoiceLink and telephony connections, letter by letter, with the answer that is
 * printed below it (null: none is). Pages: "Create VoiceLink call routing", "Make a VoiceLink DID call-ready", "Sync VoiceLink state
 * and readiness", "Telephony Connections". The page "VoiceLink Management" has lost its commands.
 */
export interface CurlExample {
  readonly curl: string;
  readonly answer: string | null;
}

const NUMBER = `{
            "id": "f1a2c3d4-1111-2222-3333-444455556666",
            "phone_number": "+918011223344",
            "friendly_name": null,
            "status": "ACTIVE",
            "is_default": true,
            "inbound_enabled": false,
            "agent": null
          }`;

const CONNECTION_HEAD = `"id": "9b7f1c44-c87f-4f0c-9124-3c802a9c1a20",
        "connection_id": "9b7f1c44-c87f-4f0c-9124-3c802a9c1a20",
        "provider": "plivo",
        "provider_key": "PLIVO",
        "name": "Plivo India - Sales",
        "status": "ACTIVE",
        "is_default": true,`;

/** "Create VoiceLink call routing". */
export const CREATE_ROUTING: CurlExample = {
  curl: `curl --request POST \\
  --url https://api.vocobase.com/api/v2/voicelink/call-routing \\
  --header 'Authorization: Bearer <token>' \\
  --header 'Content-Type: application/json' \\
  --data '
{
  "connection_id": "9b7f1c44-c87f-4f0c-9124-3c802a9c1a20",
  "did_id": 812,
  "for_inbound_call": 1,
  "for_outbound_call": 3,
  "outbound_websocket_bot_id": 93,
  "status": 1
}
'`,
  answer: `{
  "success": true,
  "data": {}
}`,
};

/** "Make a VoiceLink DID call-ready". */
export const CALL_READY: CurlExample = {
  curl: `curl --request POST \\
  --url https://api.vocobase.com/api/v2/voicelink/call-ready \\
  --header 'Authorization: Bearer <token>' \\
  --header 'Content-Type: application/json' \\
  --data '
{
  "connection_id": "9b7f1c44-c87f-4f0c-9124-3c802a9c1a20",
  "did_id": 812,
  "client_id": 415,
  "agent_id": "f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55",
  "bot_name": "Vocobase +918011223344"
}
'`,
  answer: null,
};

/** "Sync VoiceLink state and readiness". */
export const SYNC: CurlExample = {
  curl: `curl --request POST \\
  --url https://api.vocobase.com/api/v2/voicelink/sync \\
  --header 'Authorization: Bearer <token>' \\
  --header 'Content-Type: application/json' \\
  --data '
{
  "connection_id": "9b7f1c44-c87f-4f0c-9124-3c802a9c1a20",
  "import_dids": true
}
'`,
  answer: null,
};

/** "Create a connection". */
export const CREATE_CONNECTION: CurlExample = {
  curl: `curl -X POST https://api.vocobase.com/api/v2/telephony/connections \\
  -H "Authorization: Bearer rg_live_abc123def456ghi789jkl012" \\
  -H "Content-Type: application/json" \\
  -d '{
    "provider": "plivo",
    "name": "Plivo India - Sales",
    "auth_id": "MAxxxxxxxxxxxxxxxxxx",
    "auth_token": "your_plivo_auth_token",
    "from_number": "+918011223344"
  }'`,
  answer: `{
  "success": true,
  "data": {
    "connection": {
        ${CONNECTION_HEAD}
      "phone_numbers": [
        ${NUMBER}
      ],
      "created_at": "2026-06-09T08:00:00.000Z",
      "updated_at": "2026-06-09T08:00:00.000Z"
    }
  }
}`,
};

/** "List connections". */
export const LIST_CONNECTIONS: CurlExample = {
  curl: `curl -X GET "https://api.vocobase.com/api/v2/telephony/connections?provider=plivo" \\
  -H "Authorization: Bearer rg_live_abc123def456ghi789jkl012"`,
  answer: `{
  "success": true,
  "data": {
    "connections": [
      {
        ${CONNECTION_HEAD}
        "last_verified_at": "2026-06-09T08:00:00.000Z",
        "last_error_message": null,
        "phone_numbers": [
          ${NUMBER}
        ]
      }
    ]
  }
}`,
};

/** "Start calls with a connection". */
export const START_CALL: CurlExample = {
  curl: `curl -X POST https://api.vocobase.com/api/v2/calls/start \\
  -H "Authorization: Bearer rg_live_abc123def456ghi789jkl012" \\
  -H "Content-Type: application/json" \\
  -d '{
    "agent_id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890",
    "to_number": "+919876543210",
    "provider": "plivo",
    "connection_id": "9b7f1c44-c87f-4f0c-9124-3c802a9c1a20"
  }'`,
  answer: `{
  "success": true,
  "data": {
    "call_id": "c1234567-abcd-1234-abcd-123456789012",
    "session_id": "s1234567-abcd-1234-abcd-123456789012",
    "status": "pending",
    "provider": "plivo",
    "connection_id": "9b7f1c44-c87f-4f0c-9124-3c802a9c1a20",
    "from_number": "+918011223344",
    "to_number": "+919876543210",
    "agent_id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
  }
}`,
};

/** "Rename a connection". */
export const RENAME_CONNECTION: CurlExample = {
  curl: `curl -X PATCH https://api.vocobase.com/api/v2/telephony/connections/9b7f1c44-c87f-4f0c-9124-3c802a9c1a20 \\
  -H "Authorization: Bearer rg_live_abc123def456ghi789jkl012" \\
  -H "Content-Type: application/json" \\
  -d '{ "name": "Plivo India - Support" }'`,
  answer: null,
};

/** "Disconnect a connection". */
export const DISCONNECT: CurlExample = {
  curl: `curl -X DELETE https://api.vocobase.com/api/v2/telephony/connections/9b7f1c44-c87f-4f0c-9124-3c802a9c1a20 \\
  -H "Authorization: Bearer rg_live_abc123def456ghi789jkl012"`,
  answer: null,
};

/** "Phone-number ownership". */
export const SYNC_NUMBERS: CurlExample = {
  curl: `curl -X POST https://api.vocobase.com/api/v2/phone-numbers/sync \\
  -H "Authorization: Bearer rg_live_abc123def456ghi789jkl012" \\
  -H "Content-Type: application/json" \\
  -d '{
    "provider": "VOBIZ",
    "connection_id": "9b7f1c44-c87f-4f0c-9124-3c802a9c1a20",
    "numbers": ["+918011223344", "+918011223345"]
  }'`,
  answer: null,
};

const DOCUMENTED_CONNECTION = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';
const DOCUMENTED_AGENTS = ['f4df9f8c-df95-46d8-bb0e-6f9f83fd4f55', 'a1b2c3d4-e5f6-7890-abcd-ef1234567890'];
const DOCUMENTED_KEYS = ['<token>', 'rg_live_abc123def456ghi789jkl012'];
const DOCUMENTED_HOST = 'https://api.vocobase.com';

/** What stands for the ids, the key and the host of the documents. */
interface Instead {
  readonly host: string;
  readonly apiKey: string;
  readonly connectionId: string;
  readonly agentId: string;
}

interface CurlRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** Reads a command as a shell and curl do, as far as these commands need it. */
export const requestOf = ({ curl }: CurlExample, instead: Instead): CurlRequest => {
  const [, ...words] = wordsOf(adapted(curl, instead));
  const values = (...names: string[]): string[] =>
    words.flatMap((word, at) => (names.includes(words[at - 1] ?? '') ? [word] : []));
  const url = words.find((word) => word.startsWith(instead.host));
  if (url === undefined) throw new Error(`no address in ${curl}`);
  return {
    method: values('-X', '--request')[0] ?? 'GET',
    url,
    headers: Object.fromEntries(values('-H', '--header').map((header) => header.split(': ', 2) as [string, string])),
    body: values('-d', '--data')[0],
  };
};

const adapted = (curl: string, { host, apiKey, connectionId, agentId }: Instead): string => {
  const agents = DOCUMENTED_AGENTS.map((id) => [id, agentId] as const);
  const keys = DOCUMENTED_KEYS.map((key) => [key, apiKey] as const);
  const pairs = [[DOCUMENTED_HOST, host], [DOCUMENTED_CONNECTION, connectionId], ...agents, ...keys] as const;
  return pairs.reduce((text, [from, to]) => text.replaceAll(from, to), curl);
};

const wordsOf = (command: string): string[] =>
  [...command.matchAll(/'([^']*)'|"([^"]*)"|([^\s'"\\]+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
