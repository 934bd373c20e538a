import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { WebhookId } from '@dialtone/domain';
import type { WebhookStore } from '@dialtone/persistence';
import { RequireScope } from '../http/access/policy';
import { CurrentCall, type Call } from '../http/call';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { WEBHOOK_STORE } from '../outside/tokens';
import { CreateWebhookBody, UpdateWebhookBody } from './webhook-body.dto';
import { DeletedWebhookDto, NewWebhookDto, WebhookDto, WebhooksPageDto, WebhooksQuery } from './webhook.dto';
import { WebhookIdParam, WebhookIdPipe } from './webhook-id.pipe';
import { toWebhook } from './webhook.mapper';
import { existing, webhookNotFound, webhookOf, WebhooksService } from './webhooks.service';

/** Who gets events by HTTP. */
@ApiTags('webhooks')
@ApiBearerAuth()
@Controller('/api/v2/webhooks')
export class WebhooksController {
  constructor(
    private readonly service: WebhooksService,
    @Inject(WEBHOOK_STORE) private readonly webhooks: WebhookStore,
  ) {}

  @Post()
  @Idempotent('secret')
  @RequireScope('webhooks:write')
  @ApiOperation({
    operationId: 'createWebhook',
    summary: 'Create a webhook',
    description:
      'Sends the events of GET /api/v2/voicelink/events that are logged from now on to a URL, signed after Standard Webhooks, in order and one at a time. The answer has the secret, which is not shown again.',
  })
  @ApiSuccess(NewWebhookDto, { status: 201, description: 'Created.' })
  @ApiErrors('VALIDATION_ERROR', 'CONNECTION_NOT_FOUND', 'AGENT_NOT_FOUND', 'WEBHOOK_LIMIT_REACHED')
  @ApiErrors('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async create(@CurrentCall() call: Call, @Body() body: CreateWebhookBody): Promise<SuccessEnvelope<NewWebhookDto>> {
    const [row, secret] = await this.service.create(call, body);
    return success({ ...toWebhook(row), secret });
  }

  @Get()
  @RequireScope('webhooks:read')
  @ApiOperation({ operationId: 'listWebhooks', summary: 'List webhooks', description: 'Oldest first.' })
  @ApiSuccess(WebhooksPageDto, { description: 'One page.' })
  @ApiErrors('VALIDATION_ERROR')
  async list(
    @CurrentCall() { principal: { partnerId } }: Call,
    @Query() { limit, cursor }: WebhooksQuery,
  ): Promise<SuccessEnvelope<WebhooksPageDto>> {
    const page = await this.webhooks.page({ partnerId, limit, ...(cursor !== undefined && { cursor }) });
    return success({ webhooks: page.items.map(toWebhook), next_cursor: page.nextCursor });
  }

  @Get(':webhook_id')
  @RequireScope('webhooks:read')
  @ApiOperation({ operationId: 'getWebhook', summary: 'Get a webhook', description: 'Returns how it stands.' })
  @WebhookIdParam()
  @ApiSuccess(WebhookDto, { description: 'The webhook.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND')
  async get(
    @CurrentCall() call: Call,
    @Param('webhook_id', WebhookIdPipe) id: WebhookId,
  ): Promise<SuccessEnvelope<WebhookDto>> {
    return success(toWebhook(existing(await this.webhooks.find(webhookOf(call, id)))));
  }

  @Patch(':webhook_id')
  @Idempotent()
  @RequireScope('webhooks:write')
  @ApiOperation({
    operationId: 'updateWebhook',
    summary: 'Change, disable or enable a webhook',
    description: 'What is left out stays; null removes a filter or the description. A new URL is tried at once.',
  })
  @WebhookIdParam()
  @ApiSuccess(WebhookDto, { description: 'The webhook as it is now.' })
  @ApiErrors(
    'VALIDATION_ERROR',
    'NOT_FOUND',
    'CONNECTION_NOT_FOUND',
    'AGENT_NOT_FOUND',
    'PAYLOAD_TOO_LARGE',
    'UNSUPPORTED_MEDIA_TYPE',
  )
  async update(
    @CurrentCall() call: Call,
    @Param('webhook_id', WebhookIdPipe) id: WebhookId,
    @Body() body: UpdateWebhookBody,
  ): Promise<SuccessEnvelope<WebhookDto>> {
    return success(toWebhook(await this.service.update(webhookOf(call, id), body)));
  }

  @Delete(':webhook_id')
  @Idempotent()
  @HttpCode(200)
  @RequireScope('webhooks:write')
  @ApiOperation({
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook',
    description: 'With its delivery log. A message that is under way may still arrive.',
  })
  @WebhookIdParam()
  @ApiSuccess(DeletedWebhookDto, { description: 'Deleted.' })
  @ApiErrors('VALIDATION_ERROR', 'NOT_FOUND')
  async remove(
    @CurrentCall() call: Call,
    @Param('webhook_id', WebhookIdPipe) id: WebhookId,
  ): Promise<SuccessEnvelope<DeletedWebhookDto>> {
    if (!(await this.webhooks.remove(webhookOf(call, id)))) throw webhookNotFound();
    return success({ id, deleted: true });
  }
}
