import { Module } from '@nestjs/common';
import { CallRecords } from './call-records';
import { CallsController } from './calls.controller';
import { CallsService } from './calls.service';
import { CarrierCalls } from './carrier-calls';
import { Placers } from './placers';
import { VoiceLinkCalls } from './voicelink-calls';

@Module({
  controllers: [CallsController],
  providers: [CallRecords, CallsService, CarrierCalls, Placers, VoiceLinkCalls],
})
export class CallsModule {}
