import { Module } from '@nestjs/common';
import { AfterWrite } from './after-write';
import { BotsController } from './bots/bots.controller';
import { ClientsController } from './clients/clients.controller';
import { DidsController } from './dids/dids.controller';
import { HeldResource } from './held-resource';
import { OpenAccount } from './open-account';
import { PassThrough } from './pass-through';
import { RoutingController } from './routing/routing.controller';

/** Endpoints that pass on VoiceLink's own records. */
@Module({
  controllers: [ClientsController, DidsController, BotsController, RoutingController],
  providers: [PassThrough, OpenAccount, HeldResource, AfterWrite],
})
export class ManagementModule {}
