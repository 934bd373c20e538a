import { RECONCILE_REQUESTS_DLQ_TOPIC, RECONCILE_REQUESTS_TOPIC } from '@dialtone/contracts';
import { Controller } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Transport } from '@nestjs/microservices';
import type { Message } from 'kafkajs';
import { ReconcileRequestHandler } from './reconcile-request-handler';

/** The Kafka entrance for reconcile requests; needs `kafkaServerOptions`, which leaves records as they came. */
@Controller()
export class ReconcileRequestsController {
  constructor(private readonly handler: ReconcileRequestHandler) {}

  @EventPattern(RECONCILE_REQUESTS_TOPIC, Transport.KAFKA)
  async onRequest(@Ctx() context: KafkaContext): Promise<void> {
    const { key, value, headers, offset } = context.getMessage();
    await this.handler.handle({
      topic: context.getTopic(),
      partition: context.getPartition(),
      offset,
      key,
      value,
      headers: headers ?? {},
      heartbeat: context.getHeartbeat(),
      deadLetter: async (letter) => {
        const messages = [letter as Message];
        await context.getProducer().send({ topic: RECONCILE_REQUESTS_DLQ_TOPIC, acks: -1, messages });
      },
    });
  }
}
