import { applyDecorators, Injectable, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { parseWebhookId, type WebhookId } from '@dialtone/domain';
import { invalidInput } from '../http/errors/api-error';

/** The id of a webhook in the path. */
@Injectable()
export class WebhookIdPipe implements PipeTransform<string, WebhookId> {
  transform(raw: string): WebhookId {
    const id = parseWebhookId(raw);
    if (id === null) throw invalidInput('webhook_id', 'webhook_id must be the UUID of a webhook.');
    return id;
  }
}

export const WEBHOOK_ID_EXAMPLE = 'c6b4f6a3-1d0e-4b7c-9a55-2f8e7d6c5b41';

export const WebhookIdParam = (): MethodDecorator =>
  applyDecorators(
    ApiParam({
      name: 'webhook_id',
      description: 'The `id` of a webhook.',
      schema: { type: 'string', format: 'uuid', example: WEBHOOK_ID_EXAMPLE },
    }),
  );
