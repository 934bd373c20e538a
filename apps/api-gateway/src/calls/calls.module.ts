import { Module } from '@nestjs/common';
import { CallReading } from './call-reading';
import { CallRecords } from './call-records';
import { CallsController } from './calls.controller';
import { CallsService } from './calls.service';
import { CarrierCalls } from './carrier-calls';
import { Placers } from './placers';
import { VoiceLinkCalls } from './voicelink-calls';

@Module({
  controllers: [CallsController],
  providers: [CallReading, CallRecords, CallsService, CarrierCalls, Placers, VoiceLinkCalls],
})
export class CallsModule {}
