import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { WebhookId } from '@dialtone/domain';
import type { WebhookStore } from '@dialtone/persistence';
import { RequireScope } from '../http/access/policy';
import { CurrentCall, type Call } from '../http/call';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { WEBHOOK_STORE } from '../outside/tokens';
import { ReplayBody, RotateSecretBody } from './webhook-body.dto';
import { NewWebhookDto, WebhookAttemptDto, WebhookAttemptsDto, WebhookAttemptsQuery, WebhookDto } from './webhook.dto';
import { WebhookIdParam, WebhookIdPipe } from './webhook-id.pipe';
import { WebhookMessagesService } from './webhook-messages.service';
import { toAttempt, toWebhook } from './webhook.mapper';
import { existing, webhookOf, WebhooksService } from './webhooks.service';

/** What can be done with a webhook. */
@ApiTags('webhooks')
@ApiBearerAuth()
@Controller('/api/v2/webhooks/:webhook_id')
export class WebhookActionsController {
  constructor(
    private readonly service: WebhooksService,
    private readonly messages: WebhookMessagesService,
    @Inject(WEBHOOK_STORE) private readonly webhooks: WebhookStore,
  ) {}

  @Post('rotate-secret')
  @Idempotent('secret')
  @HttpCode(200)
  @RequireScope('webhooks:write')
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'Get a new secret',
    description:
      'Messages have both signatures for a while, so that none is refused. A secret before the last one ends.',
  })
  @WebhookIdParam()
  @ApiSuccess(NewWebhookDto, { description: 'The webhook with its new secret, which is not shown again.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND', 'UNSUPPORTED_MEDIA_TYPE')
  async rotate(
    @CurrentCall() call: Call,
    @Param('webhook_id', WebhookIdPipe) id: WebhookId,
    @Body() { overlap_hours }: RotateSecretBody,
  ): Promise<SuccessEnvelope<NewWebhookDto>> {
    const [row, secret] = await this.service.rotate(webhookOf(call, id), call, overlap_hours);
    return success({ ...toWebhook(row), secret });
  }

  @Post('test')
  @Idempotent()
  @HttpCode(200)
  @RequireScope('webhooks:write')
  @ApiOperation({
    operationId: 'testWebhook',
    summary: 'Send a test message',
    description:
      'Sends a signed message of type dialtone.webhook.test.v1 now, once, also while the webhook is disabled, and returns what the receiver answered.',
  })
  @WebhookIdParam()
  @ApiSuccess(WebhookAttemptDto, { description: 'What came of it.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND')
  async test(
    @CurrentCall() call: Call,
    @Param('webhook_id', WebhookIdPipe) id: WebhookId,
  ): Promise<SuccessEnvelope<WebhookAttemptDto>> {
    return success(toAttempt(await this.messages.test(webhookOf(call, id), call)));
  }

  @Post('replay')
  @Idempotent()
  @HttpCode(200)
  @RequireScope('webhooks:write')
  @ApiOperation({
    operationId: 'replayWebhook',
    summary: 'Deliver from another place on',
    description:
      'Moves the webhook back or forward in the log. Events that were delivered come again with the same `webhook-id`. A disabled webhook stays so.',
  })
  @WebhookIdParam()
  @ApiSuccess(WebhookDto, { description: 'The webhook, before what is delivered next.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND', 'CURSOR_EXPIRED', 'UNSUPPORTED_MEDIA_TYPE')
  async replay(
    @CurrentCall() call: Call,
    @Param('webhook_id', WebhookIdPipe) id: WebhookId,
    @Body() body: ReplayBody,
  ): Promise<SuccessEnvelope<WebhookDto>> {
    return success(toWebhook(await this.messages.replay(webhookOf(call, id), body)));
  }

  @Get('deliveries')
  @RequireScope('webhooks:read')
  @ApiOperation({
    operationId: 'listWebhookDeliveries',
    summary: 'Read the delivery log',
    description: 'Every attempt of the last days, newest first.',
  })
  @WebhookIdParam()
  @ApiSuccess(WebhookAttemptsDto, { description: 'One page.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND')
  async deliveries(
    @CurrentCall() call: Call,
    @Param('webhook_id', WebhookIdPipe) id: WebhookId,
    @Query() { limit, cursor, outcome }: WebhookAttemptsQuery,
  ): Promise<SuccessEnvelope<WebhookAttemptsDto>> {
    const of = webhookOf(call, id);
    existing(await this.webhooks.find(of));
    const choice = { ...(cursor !== undefined && { cursor }), ...(outcome !== undefined && { outcome }) };
    const page = await this.webhooks.deliveries(of, { limit, ...choice });
    return success({ deliveries: page.items.map(toAttempt), next_cursor: page.nextCursor });
  }
}
