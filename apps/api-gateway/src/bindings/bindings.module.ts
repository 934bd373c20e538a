import { Module } from '@nestjs/common';
import { ReadinessModule } from '../readiness/readiness.module';
import { BindingWaits } from './binding-waits';
import { BindingsController } from './bindings.controller';
import { DeclarationsService } from './declarations.service';
import { DeclaredClient } from './declared-client';
import { BindingsService } from './bindings.service';
import { ReadyWait } from './ready-wait';
import { BatchService } from './bulk/batch.service';
import { BulkDeleteService } from './bulk/bulk-delete.service';
import { BatchController, BulkDeleteController } from './bulk/bulk.controllers';
import { ItemReader } from './bulk/item-reader';
import { Prune } from './bulk/prune';

@Module({
  imports: [ReadinessModule],
  controllers: [BindingsController, BatchController, BulkDeleteController],
  providers: [
    BindingWaits,
    ReadyWait,
    BindingsService,
    DeclarationsService,
    DeclaredClient,
    BatchService,
    BulkDeleteService,
    ItemReader,
    Prune,
  ],
})
export class BindingsModule {}
