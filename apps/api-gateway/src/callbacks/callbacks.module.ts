import { Module } from '@nestjs/common';
import { CallbacksService } from './callbacks.service';

@Module({ providers: [CallbacksService] })
export class CallbacksModule {}
