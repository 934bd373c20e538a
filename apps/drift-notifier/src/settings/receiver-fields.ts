import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsUUID,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { ISSUE_CODES, type IssueCode } from '@dialtone/contracts';
import { CALL_ENDS, type CallEnd } from '../core/failed-call';
import { GROUP_LABELS, type GroupLabel } from '../core/incident';
import { WEEKDAYS, type Weekday } from '../core/quiet-hours';
import { IsClockTime, IsDuration, IsHttpUrl, IsTimeout, IsWebhookSecret, IsZone } from './rules';

export const CHANNELS = ['slack', 'teams', 'webhook'] as const;
export type Channel = (typeof CHANNELS)[number];

const KINDS = ['drift', 'call'] as const;
const oneOf = (values: readonly string[]): { message: string } => ({ message: `must be one of ${values.join(', ')}` });
const eachOf = (values: readonly string[]): { message: string; each: true } => ({
  message: `must be a list of ${values.join(', ')}`,
  each: true,
});
const UUIDS = { message: 'must be a list of UUIDs', each: true } as const;
const LIST = { message: 'must be a list' };

/** One window of quiet hours, as it is written. */
export class WindowFields {
  @IsArray(LIST)
  @ArrayNotEmpty({ message: 'must not be empty' })
  @IsIn(WEEKDAYS, eachOf(WEEKDAYS))
  days: Weekday[] = [...WEEKDAYS];

  @IsClockTime()
  from!: string;

  @IsClockTime()
  to!: string;
}

export class QuietHoursFields {
  @IsZone()
  time_zone!: string;

  @IsArray(LIST)
  @ArrayNotEmpty({ message: 'must not be empty' })
  @ValidateNested({ each: true, message: 'must be a window with from and to' })
  @Type(() => WindowFields)
  windows!: WindowFields[];
}

/** A receiver as it is written in the file. The names of times are those of Alertmanager. */
export class ReceiverFields {
  @Matches(/^[a-z0-9][a-z0-9-]{0,62}$/, { message: 'must be a name of lower-case letters, digits and hyphens' })
  name!: string;

  @IsIn(CHANNELS, oneOf(CHANNELS))
  type!: Channel;

  @IsHttpUrl()
  url!: string;

  @IsOptional()
  @IsWebhookSecret()
  @ValidateBy({
    name: 'onlyOfWebhook',
    validator: {
      validate: (_, about) => (about?.object as ReceiverFields).type === 'webhook',
      defaultMessage: () => 'is of receivers of type webhook only',
    },
  })
  secret?: string;

  @IsArray(LIST)
  @ArrayNotEmpty({ message: 'must not be empty' })
  @IsIn(KINDS, eachOf(KINDS))
  kinds: (typeof KINDS)[number][] = ['drift'];

  @IsArray(LIST)
  @IsUUID('all', UUIDS)
  partners: string[] = [];

  @IsArray(LIST)
  @IsUUID('all', UUIDS)
  connections: string[] = [];

  @IsArray(LIST)
  @IsIn(ISSUE_CODES, eachOf(ISSUE_CODES))
  issues: IssueCode[] = [];

  @IsArray(LIST)
  @IsIn(CALL_ENDS, eachOf(CALL_ENDS))
  call_statuses: CallEnd[] = ['failed'];

  @IsArray(LIST)
  @ArrayUnique({ message: 'must not repeat a label' })
  @IsIn(GROUP_LABELS, eachOf(GROUP_LABELS))
  group_by: GroupLabel[] = ['partner', 'connection', 'kind'];

  @IsDuration()
  for = '1m';

  @IsDuration()
  group_wait = '30s';

  @IsDuration()
  group_interval = '5m';

  @IsDuration()
  repeat_interval = '4h';

  @IsBoolean({ message: 'must be true or false' })
  send_resolved = true;

  @IsOptional()
  @IsObject({ message: 'must be an object with time_zone and windows' })
  @ValidateNested({ message: 'must be an object with time_zone and windows' })
  @Type(() => QuietHoursFields)
  quiet_hours?: QuietHoursFields;

  @IsTimeout()
  timeout = '10s';

  @IsDuration()
  give_up_after = '24h';

  @IsInt({ message: 'must be a whole number' })
  @Min(1, { message: 'must be at least 1' })
  @Max(20, { message: 'must be at most 20' })
  max_shown = 10;
}

/** The whole file. */
export class FileFields {
  @IsOptional()
  @IsHttpUrl()
  docs_url?: string;

  @IsObject({ message: 'must be an object of names by connection id' })
  connection_names: Record<string, unknown> = {};

  @IsArray(LIST)
  @ArrayNotEmpty({ message: 'must have at least one receiver' })
  @ArrayUnique(({ name }: ReceiverFields) => name, { message: 'must not have two receivers of one name' })
  @ValidateNested({ each: true, message: 'must be a receiver' })
  @Type(() => ReceiverFields)
  receivers!: ReceiverFields[];
}
