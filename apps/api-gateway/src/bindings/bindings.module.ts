import { Module } from '@nestjs/common';
import { HistoryController } from '../history/history.controller';
import { HistoryService } from '../history/history.service';
import { ReadinessModule } from '../readiness/readiness.module';
import { BindingWaits } from './binding-waits';
import { BindingsController } from './bindings.controller';
import { DeclarationsService } from './declarations.service';
import { DeclarationReader } from './declaration-reader';
import { DeclaredClient } from './declared-client';
import { BindingsService } from './bindings.service';
import { ReadyWait } from './ready-wait';
import { BatchReader } from './bulk/batch-reader';
import { BatchService } from './bulk/batch.service';
import { BulkDeleteService } from './bulk/bulk-delete.service';
import { BatchController, BulkDeleteController } from './bulk/bulk.controllers';
import { ItemReader } from './bulk/item-reader';
import { Prune } from './bulk/prune';
import { ClientBots } from './plan/client-bots';
import { Plans } from './plan/plans';
import { NumberPlanController } from './plan/number-plan.controller';
import { PlanController } from './plan/plan.controller';
import { PlanService } from './plan/plan.service';
import { Planning } from './plan/planning';

@Module({
  imports: [ReadinessModule],
  controllers: [
    HistoryController,
    BindingsController,
    BatchController,
    BulkDeleteController,
    PlanController,
    NumberPlanController,
  ],
  providers: [
    BindingWaits,
    HistoryService,
    ReadyWait,
    BindingsService,
    DeclarationsService,
    DeclaredClient,
    DeclarationReader,
    BatchReader,
    BatchService,
    BulkDeleteService,
    ItemReader,
    Prune,
    ClientBots,
    Planning,
    Plans,
    PlanService,
  ],
})
export class BindingsModule {}
