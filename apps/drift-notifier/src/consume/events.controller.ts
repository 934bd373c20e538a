import { TOPIC_OF } from '@dialtone/contracts';
import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, KafkaContext, Transport } from '@nestjs/microservices';
import type { Message } from 'kafkajs';
import { DEAD_LETTER_TOPIC } from '../tokens';
import { RecordHandler } from './record-handler';

/** The entrance of events; needs the `EventServer`, which leaves records as they came. */
@Controller()
export class EventsController {
  constructor(
    private readonly handler: RecordHandler,
    @Inject(DEAD_LETTER_TOPIC) private readonly deadLetterTopic: string,
  ) {}

  @EventPattern(TOPIC_OF['dialtone.drift.detected.v1'], Transport.KAFKA)
  onDrift(@Ctx() context: KafkaContext): Promise<void> {
    return this.take(context);
  }

  @EventPattern(TOPIC_OF['dialtone.readiness.changed.v1'], Transport.KAFKA)
  onReadiness(@Ctx() context: KafkaContext): Promise<void> {
    return this.take(context);
  }

  @EventPattern(TOPIC_OF['dialtone.call.changed.v1'], Transport.KAFKA)
  onCall(@Ctx() context: KafkaContext): Promise<void> {
    return this.take(context);
  }

  private async take(context: KafkaContext): Promise<void> {
    const { key, value, headers, offset } = context.getMessage();
    await this.handler.handle({
      topic: context.getTopic(),
      partition: context.getPartition(),
      offset,
      key,
      value,
      headers,
      heartbeat: context.getHeartbeat(),
      park: async (letter: Message) => {
        await context.getProducer().send({ topic: this.deadLetterTopic, acks: -1, messages: [letter] });
      },
    });
  }
}
