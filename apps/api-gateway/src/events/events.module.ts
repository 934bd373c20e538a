import { Module } from '@nestjs/common';
import { EventFeed } from './event-feed';
import { EventStreams } from './event-streams';
import { EventsController } from './events.controller';
import { EventsService } from './events.service';

@Module({ controllers: [EventsController], providers: [EventFeed, EventStreams, EventsService] })
export class EventsModule {}
