import { Fields, type Body, type FieldErrors } from './fields';

/**
 * Behaviour of VoiceLink that no public source describes, or that sources contradict each other about (VoiceLink upstream
 * notes §12, §13). The first value of each is the default; a test that depends on one of them should run with all.
 */
export const CHOICES = {
  map_did_of_other_client: { values: ['refuse', 'allow'], about: 'map-did on a DID that is mapped to another client' },
  map_did_of_same_client: { values: ['update', 'refuse'], about: 'map-did again for the client it is mapped to' },
  map_did_expired: { values: ['refuse', 'allow'], about: 'map-did on an expired DID' },
  routing_of_unmapped_did: { values: ['allow', 'refuse'], about: 'routing create for a DID without a client' },
  routing_on_mapping: {
    values: ['none', 'create'],
    about: 'whether map-did creates a (mobile, only-answer) routing record',
  },
  bot_names: { values: ['repeat', 'unique'], about: 'whether one client may have two bots of one name' },
  client_emails: { values: ['repeat', 'unique'], about: 'whether two clients may have one e-mail address' },
  per_page_over_max: { values: ['clamp', 'reject'], about: 'per_page above 1000' },
  clients_paging: { values: ['honoured', 'ignored'], about: 'page and per_page on the bare client list' },
  routing_paging: { values: ['ignored', 'honoured'], about: 'page and per_page on the bare routing list' },
  bot_list_status: { values: ['true', 'zero'], about: 'zero: the list reports status 0 for every bot, working or not' },
  client_create_answer: {
    values: ['client_id', 'id', 'client', 'empty'],
    about: 'where client create puts the new id',
  },
  client_active_field: { values: ['status', 'is_active', 'both'], about: 'name of the 0/1 field in client rows' },
  short_numbers: { values: ['no', 'yes'], about: 'yes: nested and available DID rows carry the ten-digit number' },
  paging_numbers: { values: ['number', 'string', 'absent'], about: 'current_page, per_page, total and last_page' },
  is_expired: { values: ['bool', 'int', 'absent'], about: 'is_expired in purchased rows' },
  expiry_format: {
    values: ['iso', 'word', 'month_first', 'compact', 'epoch', 'two_digit_year'],
    about: 'expiry_date in purchased rows; of month_first and two_digit_year there are several readings',
  },
  list_form: { values: ['array', 'object'], about: 'object: lists as PHP writes an array from which rows were taken' },
  byte_order_mark: { values: ['absent', 'present'], about: 'a byte order mark before the JSON of every answer' },
  purchased_id: { values: ['did_id', 'purchase_row'], about: '`id` of purchased rows; `did_id` is right in both' },
  purchased_mapping_fields: { values: ['absent', 'present'], about: 'user_status and the like in purchased rows' },
  success_status: { values: ['present', 'absent'], about: '`status: true` in successful answers' },
  validation_errors: { values: ['errors', 'data'], about: 'where a 422 puts its field map' },
  login_failure: { values: ['http_401', 'status_false'], about: 'answer to wrong credentials' },
  login_revokes_tokens: { values: ['no', 'yes'], about: 'whether a login ends earlier tokens' },
  without_accept: { values: ['json', 'redirect'], about: '401 for a caller that does not accept application/json' },
  trunk_password: { values: ['listed', 'absent'], about: 'registration_password in the trunk list' },
} as const;

/** Like CHOICES, for numbers. */
export const NUMBERS = {
  default_per_page: { initial: 10, min: 1, max: 1000, about: 'page size when per_page is not sent' },
  token_ttl_seconds: { initial: 0, min: 0, max: 31_536_000, about: 'life of a token; 0 is without end' },
} as const;

export type Behaviour = { [K in keyof typeof CHOICES]: (typeof CHOICES)[K]['values'][number] } & {
  [K in keyof typeof NUMBERS]: number;
};

export const defaultBehaviour = (): Behaviour => {
  const choices = Object.entries(CHOICES).map(([name, { values }]) => [name, values[0]]);
  const numbers = Object.entries(NUMBERS).map(([name, { initial }]) => [name, initial]);
  return Object.fromEntries([...choices, ...numbers]) as Behaviour;
};

/** The checked changes, or their errors. Unknown names are errors. */
export const parseBehaviour = (
  body: Body,
): { readonly changes: Partial<Behaviour> } | { readonly errors: FieldErrors } => {
  const fields = new Fields(body);
  const changes: Record<string, string | number | null> = {};
  for (const name of Object.keys(body)) {
    if (name in CHOICES)
      changes[name] = fields.text(name, { required: true, oneOf: CHOICES[name as keyof typeof CHOICES].values });
    else if (name in NUMBERS)
      changes[name] = fields.int(name, { required: true, ...NUMBERS[name as keyof typeof NUMBERS] });
    else fields.fail(name, 'is not a known option');
  }
  return fields.errors === null ? { changes: changes } : { errors: fields.errors };
};
