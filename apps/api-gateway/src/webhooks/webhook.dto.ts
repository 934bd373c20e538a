import { ApiProperty } from '@nestjs/swagger';
import { DELIVERY_OUTCOMES, type DeliveryOutcome } from '@dialtone/persistence';
import { InQuery } from '../http/input/field';
import { choice, integer } from '../http/input/kinds';
import { Cursor, PAGE_LIMIT } from '../http/input/paging';
import { WEBHOOK_ID_EXAMPLE } from './webhook-id.pipe';

export const WEBHOOK_STATES = ['active', 'disabled'] as const;

const TIME = '2026-11-21T10:00:00.000Z';
const EVENT_ID = '0196f3a0-6f5e-7c3a-9d52-3f1c8e2b7a10';
const nullable = (example: string | null, description?: string) =>
  ({ type: String, nullable: true, example, ...(description !== undefined && { description }) }) as const;

export class WebhookDto {
  @ApiProperty({ type: String, format: 'uuid', example: WEBHOOK_ID_EXAMPLE })
  readonly id!: string;

  @ApiProperty(
    nullable('https://hooks.example.com/dialtone?token=***', '`***` stands for what may be a token. Null: unreadable.'),
  )
  readonly url!: string | null;

  @ApiProperty(nullable('Drift to the on-call desk'))
  readonly description!: string | null;

  @ApiProperty(nullable('dialtone.readiness.changed.v1'))
  readonly type!: string | null;

  @ApiProperty({ ...nullable(null), format: 'uuid' })
  readonly connection_id!: string | null;

  @ApiProperty({ ...nullable(null), format: 'uuid' })
  readonly agent_id!: string | null;

  @ApiProperty(nullable('team=sales'))
  readonly labels!: string | null;

  @ApiProperty(nullable('+918011223344'))
  readonly number!: string | null;

  @ApiProperty({ type: String, enum: [...WEBHOOK_STATES], example: 'active' })
  readonly state!: (typeof WEBHOOK_STATES)[number];

  @ApiProperty(
    nullable(
      null,
      '`requested`, `gone` (the receiver answered 410) or `failing` (for days); `unreadable`: active, but the deployment cannot open it, and events wait.',
    ),
  )
  readonly state_reason!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: TIME })
  readonly state_since!: string;

  @ApiProperty({
    type: String,
    description: 'Events up to here are delivered, given up or not meant.',
    example: 'WyI0MiJd',
  })
  readonly cursor!: string;

  @ApiProperty({ type: 'integer', description: 'Failed attempts at the next event.', example: 0 })
  readonly attempts!: number;

  @ApiProperty({ ...nullable(null, 'Since when no event was accepted.'), format: 'date-time' })
  readonly failing_since!: string | null;

  @ApiProperty({ ...nullable(null), format: 'date-time' })
  readonly next_attempt_at!: string | null;

  @ApiProperty({ ...nullable(null, 'Until then the secret before signs, too.'), format: 'date-time' })
  readonly previous_secret_until!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: TIME })
  readonly created_at!: string;

  @ApiProperty({ type: String, format: 'date-time', example: TIME })
  readonly updated_at!: string;
}

export class NewWebhookDto extends WebhookDto {
  @ApiProperty({
    type: String,
    description: 'With which messages are signed. It is shown here only.',
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw5lr2yRlWZZ0=',
  })
  readonly secret!: string;
}

export class WebhooksPageDto {
  @ApiProperty({ type: [WebhookDto], description: 'Oldest first.' })
  readonly webhooks!: readonly WebhookDto[];

  @ApiProperty(nullable(null, 'Null on the last page.'))
  readonly next_cursor!: string | null;
}

export class DeletedWebhookDto {
  @ApiProperty({ type: String, format: 'uuid', example: WEBHOOK_ID_EXAMPLE })
  readonly id!: string;

  @ApiProperty({ type: Boolean, enum: [true], example: true })
  readonly deleted!: true;
}

export class WebhookAttemptDto {
  @ApiProperty({ type: String, format: 'uuid', description: 'The `webhook-id` of the message.', example: EVENT_ID })
  readonly event_id!: string;

  @ApiProperty({ type: String, example: 'dialtone.readiness.changed.v1' })
  readonly event_type!: string;

  @ApiProperty({
    type: String,
    enum: [...DELIVERY_OUTCOMES],
    description:
      'failed: it is tried again, or the webhook was disabled. given_up: the last attempt; the next event follows. missed: events were deleted before they were delivered.',
    example: 'delivered',
  })
  readonly outcome!: DeliveryOutcome;

  @ApiProperty({ type: 'integer', description: 'From 1.', example: 1 })
  readonly attempt!: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'HTTP status; null: no answer.', example: 204 })
  readonly status!: number | null;

  @ApiProperty(nullable(null, 'Why no answer came.'))
  readonly error!: string | null;

  @ApiProperty({ type: 'integer', example: 87 })
  readonly latency_ms!: number;

  @ApiProperty(nullable(null, 'The first 1,000 characters of the body, without secrets.'))
  readonly response!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: TIME })
  readonly created_at!: string;
}

export class WebhookAttemptsDto {
  @ApiProperty({ type: [WebhookAttemptDto], description: 'Newest first.' })
  readonly deliveries!: readonly WebhookAttemptDto[];

  @ApiProperty(nullable(null, 'Null on the last page.'))
  readonly next_cursor!: string | null;
}

export class WebhooksQuery {
  @InQuery('limit', integer(PAGE_LIMIT), { description: 'Rows per answer.' })
  readonly limit: number = PAGE_LIMIT.default;

  @Cursor()
  readonly cursor?: string;
}

export class WebhookAttemptsQuery extends WebhooksQuery {
  @InQuery('outcome', choice(DELIVERY_OUTCOMES), { description: 'Only attempts that came to this.', example: 'failed' })
  readonly outcome?: DeliveryOutcome;
}
