import { Module } from '@nestjs/common';
import { CallbacksService } from './callbacks.service';
import { HeardCalls } from './heard-calls';
import { InboundCallsService } from './inbound-calls.service';

@Module({ providers: [CallbacksService, HeardCalls, InboundCallsService] })
export class CallbacksModule {}
