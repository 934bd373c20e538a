import { Module } from '@nestjs/common';
import { CallRecords } from './call-records';
import { CallsController } from './calls.controller';
import { CallsService } from './calls.service';

@Module({ controllers: [CallsController], providers: [CallRecords, CallsService] })
export class CallsModule {}
