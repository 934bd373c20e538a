import { hasUriCharacters } from '../http/input/uri-characters';
import { TYPES, NUMBER } from '../events/event-query.dto';
import { Nullable, Optional, Required, type Kind } from '../http/input/field';
import { choice, cursor, dateTime, integer, text, uuid } from '../http/input/kinds';
import { SELECTOR_KIND } from '../http/input/label-selection';
import { WEBHOOK_STATES } from './webhook.dto';

const MAX_URL = 2_000;

/** What a pattern can say; the rest is told with the reason. */
const URL_KIND: Kind = {
  schema: {
    type: String,
    format: 'uri',
    maxLength: MAX_URL,
    pattern: String.raw`^[Hh][Tt]{2}[Pp][Ss]?:\/\/[^\/@#]+(?:\/[^#]*)?$`,
  },
  mustBe:
    'an https:// URL with a host, without credentials and fragment, for example https://hooks.example.com/dialtone',
  isValid: (value) =>
    typeof value === 'string' &&
    value.length <= MAX_URL &&
    hasUriCharacters(value) &&
    /^https?:\/\/[^/@#]+(?:\/[^#]*)?$/i.test(value) &&
    URL.canParse(value),
};
const URL_DOC = {
  title: 'WebhookUrl',
  description: 'Where events are sent to: a public address, which is checked whenever it is dialled.',
  example: 'https://hooks.example.com/dialtone',
};

/** Which events; the same as `GET /api/v2/voicelink/events` takes. What is left out selects nothing. */
class WebhookChoice {
  @Nullable('description', text(200), { description: 'For people.', example: 'Drift to the on-call desk' })
  readonly description?: string | null;

  @Nullable('type', TYPES, {
    description: 'Only events of this type, or of one of several with commas between.',
    example: 'dialtone.readiness.changed.v1',
  })
  readonly type?: string | null;

  @Nullable('connection_id', uuid(), { description: 'Only what is on this connection.' })
  readonly connection_id?: string | null;

  @Nullable('agent_id', uuid(), { description: 'Only numbers that are declared for this agent.' })
  readonly agent_id?: string | null;

  @Nullable('labels', SELECTOR_KIND, { description: 'Only declared numbers with such labels.', example: 'team=sales' })
  readonly labels?: string | null;

  @Nullable('number', NUMBER, { description: 'Only events of this number.', example: '+918011223344' })
  readonly number?: string | null;
}

export class CreateWebhookBody extends WebhookChoice {
  @Required('url', URL_KIND, URL_DOC)
  readonly url!: string;
}

export class UpdateWebhookBody extends WebhookChoice {
  @Optional('url', URL_KIND, URL_DOC)
  readonly url?: string;

  @Optional('state', choice(WEBHOOK_STATES), {
    description: 'active: events are delivered from where they stopped. disabled: they wait.',
    example: 'active',
  })
  readonly state?: (typeof WEBHOOK_STATES)[number];
}

const OVERLAP_HOURS = { min: 0, max: 168, default: 24 } as const;

export class RotateSecretBody {
  @Optional('overlap_hours', integer(OVERLAP_HOURS), {
    description: 'For so long the secret before signs, too. 0: it does not, for one that has leaked.',
  })
  readonly overlap_hours: number = OVERLAP_HOURS.default;
}

export class ReplayBody {
  @Nullable('cursor', cursor, {
    description:
      'A `next_cursor` of `GET /api/v2/voicelink/events`: what follows it is delivered. `latest`: nothing that is logged by now.',
    example: 'WyI0MiJd',
  })
  readonly cursor?: string | null;

  @Nullable('since', dateTime, {
    description: 'What was logged since then is delivered; before the oldest event that is kept: from that one on.',
  })
  readonly since?: string | null;
}
