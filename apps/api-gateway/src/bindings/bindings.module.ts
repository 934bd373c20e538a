import { Module } from '@nestjs/common';
import { BindingWaits } from './binding-waits';
import { BindingsController } from './bindings.controller';
import { DeclarationsService } from './declarations.service';
import { DeclaredClient } from './declared-client';
import { BindingsService } from './bindings.service';
import { ReadyWait } from './ready-wait';

@Module({
  controllers: [BindingsController],
  providers: [BindingWaits, ReadyWait, BindingsService, DeclarationsService, DeclaredClient],
})
export class BindingsModule {}
