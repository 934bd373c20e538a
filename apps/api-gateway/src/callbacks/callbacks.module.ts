import { Module } from '@nestjs/common';
import { CallbacksService } from './callbacks.service';
import { HeardCalls } from './heard-calls';

@Module({ providers: [CallbacksService, HeardCalls] })
export class CallbacksModule {}
