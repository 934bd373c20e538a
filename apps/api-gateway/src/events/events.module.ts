import { Module } from '@nestjs/common';
import { ReadinessModule } from '../readiness/readiness.module';
import { EventFeed } from './event-feed';
import { EventStreams } from './event-streams';
import { EventsController } from './events.controller';
import { EventsService } from './events.service';
import { NumberSnapshot } from './number-snapshot';

@Module({
  imports: [ReadinessModule],
  controllers: [EventsController],
  providers: [EventFeed, EventStreams, EventsService, NumberSnapshot],
})
export class EventsModule {}
