import { ApiProperty } from '@nestjs/swagger';
import {
  BINDING_MODES,
  cronFault,
  isTimeZone,
  MAX_WINDOWS,
  WINDOW_DURATION,
  WINDOW_KINDS,
  type BindingMode,
  type Labels,
  type MaintenanceWindow,
} from '@dialtone/domain';
import type { FieldKinds } from '../http/input/object-fault';
import { type Kind, Nullable, Optional, Required } from '../http/input/field';
import { choice, integer, MAX_SPELLED_NUMBER, text, uuid } from '../http/input/kinds';
import { LABELS_SCHEMA, DECLARED_KINDS } from '../bindings/declared-kinds';

const EXAMPLE_ID = '9b7f1c44-c87f-4f0c-9124-3c802a9c1a20';

const cron: Kind = {
  schema: { type: String, minLength: 9, maxLength: 100 },
  mustBe: 'a cron expression of five fields, for example 0 22 * * MON-FRI',
  isValid: (value) => typeof value === 'string' && cronFault(value) === null,
  faultOf: (value) => (typeof value === 'string' ? cronFault(value) : null),
};

const timeZone: Kind = {
  schema: { type: String, minLength: 3, maxLength: 50 },
  mustBe: 'an IANA time zone, for example Europe/Berlin; offsets and abbreviations are none',
  isValid: (value) => typeof value === 'string' && value.length <= 50 && isTimeZone(value),
};

/** The fields of a window. All are required. */
export const WINDOW_FIELDS = {
  kind: { ...choice(WINDOW_KINDS), required: true },
  cron: { ...cron, required: true },
  duration_seconds: { ...integer(WINDOW_DURATION), required: true },
  time_zone: { ...timeZone, required: true },
} as const satisfies FieldKinds;

export class WindowDto {
  @Required('kind', WINDOW_FIELDS.kind, {
    description: '`deny`: no repairs inside. `allow`: repairs only inside, or inside another one that allows.',
    example: 'deny',
  })
  readonly kind!: MaintenanceWindow['kind'];

  @Required('cron', WINDOW_FIELDS.cron, {
    description: 'When it begins, by the clocks of its zone: minute, hour, day of month, month, day of week.',
    example: '0 22 * * MON-FRI',
  })
  readonly cron!: string;

  @Required('duration_seconds', WINDOW_FIELDS.duration_seconds, {
    description: 'How long it lasts; it must be over before it begins again.',
    example: 21_600,
  })
  readonly duration_seconds!: number;

  @Required('time_zone', WINDOW_FIELDS.time_zone, { description: 'IANA name.', example: 'Europe/Berlin' })
  readonly time_zone!: string;
}

const WINDOWS = {
  type: WindowDto,
  isArray: true,
  maxItems: MAX_WINDOWS,
} as const;

const windows: Kind = {
  schema: WINDOWS,
  mustBe: `a list of at most ${String(MAX_WINDOWS)} windows`,
  isValid: (value) => Array.isArray(value) && value.length <= MAX_WINDOWS,
};

/** What is left out stays. Without `connection_id` it is of the partner, whose mode the operator sets. */
export class SteeringBody {
  @Nullable('connection_id', uuid(), { description: 'Of this connection, not of the partner.', example: EXAMPLE_ID })
  readonly connection_id?: string | null;

  @Optional('mode', choice(BINDING_MODES), {
    description: 'Of a connection; the strictest of deployment, partner, connection and binding counts.',
    example: 'create-only',
  })
  readonly mode?: BindingMode;

  @Optional('windows', windows, { description: 'Replaces all; an empty list ends them.' })
  readonly windows?: readonly WindowDto[];
}

export class SteeringDto {
  @ApiProperty({ enum: [...BINDING_MODES], example: 'enforce' })
  readonly mode!: BindingMode;

  @ApiProperty(WINDOWS)
  readonly windows!: readonly WindowDto[];
}

const until: Kind = {
  schema: {
    type: String,
    format: 'date-time',
    pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z$',
    maxLength: 24,
  },
  mustBe: 'a time in UTC within 90 days, for example 2026-06-09T10:35:00Z',
  isValid: (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
};

const number: Kind = { ...text(MAX_SPELLED_NUMBER), mustBe: 'a phone number in any spelling' };

/** With none of `number`, `labels` and `connection_id` everything of the partner is paused; with several, what all name. */
export class PauseBody {
  @Nullable('number', number, { description: 'Only this declared number.', example: '+918011223344' })
  readonly number?: string | null;

  @Nullable('labels', DECLARED_KINDS.labels, {
    description: 'Only declarations that have all of these labels, then and later.',
    example: { team: 'sales' },
  })
  readonly labels?: Labels | null;

  @Nullable('connection_id', uuid(), { description: 'Only numbers of this connection.', example: EXAMPLE_ID })
  readonly connection_id?: string | null;

  @Required('reason', text(200), { description: 'Shown wherever the pause is.', example: 'Moving to another office' })
  readonly reason!: string;

  @Required('until', until, { description: 'When it ends by itself.', example: '2026-06-09T18:00:00Z' })
  readonly until!: string;
}

export class PauseDto {
  @ApiProperty({ type: String, format: 'uuid', example: '5e8f7a6b-3c90-4d21-9e1f-2c4d8f106a3e' })
  readonly pause_id!: string;

  @ApiProperty({ type: String, nullable: true, example: '+918011223344' })
  readonly number!: string | null;

  @ApiProperty({ ...LABELS_SCHEMA, nullable: true, example: null })
  readonly labels!: Labels | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, example: null })
  readonly connection_id!: string | null;

  @ApiProperty({ type: String, example: 'Moving to another office' })
  readonly reason!: string;

  @ApiProperty({ type: String, description: 'Id of the API key, or `admin`.', example: EXAMPLE_ID })
  readonly actor!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T10:30:00.000Z' })
  readonly begun_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-06-09T18:00:00.000Z' })
  readonly until!: string;
}

export class PausesDto {
  @ApiProperty({ type: [PauseDto], description: 'The latest first.' })
  readonly pauses!: readonly PauseDto[];
}
