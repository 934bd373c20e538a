import { Module } from '@nestjs/common';
import { WebhookActionsController } from './webhook-actions.controller';
import { WebhookMessagesService } from './webhook-messages.service';
import { WebhooksController } from './webhooks.controller';
import { WebhooksService } from './webhooks.service';

@Module({
  controllers: [WebhooksController, WebhookActionsController],
  providers: [WebhooksService, WebhookMessagesService],
})
export class WebhooksModule {}
