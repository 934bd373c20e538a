import { Module, type DynamicModule } from '@nestjs/common';
import { AdminAccess } from './admin/admin-access';
import { DidsController } from './admin/dids.controller';
import { FaultsController } from './admin/faults.controller';
import { RecordsController } from './admin/records.controller';
import { StateController } from './admin/state.controller';
import { Simulator } from './simulator';
import { LiveTimers } from './upstream/live-timers';
import { Pipeline } from './upstream/pipeline';
import { UpstreamController } from './upstream/upstream.controller';

@Module({})
export class SimulatorModule {
  static of(simulator: Simulator, access: AdminAccess): DynamicModule {
    return {
      module: SimulatorModule,
      controllers: [UpstreamController, StateController, FaultsController, DidsController, RecordsController],
      providers: [
        { provide: Simulator, useValue: simulator },
        { provide: AdminAccess, useValue: access },
        LiveTimers,
        {
          provide: Pipeline,
          inject: [LiveTimers],
          useFactory: (timers: LiveTimers) => new Pipeline(simulator, timers),
        },
      ],
    };
  }
}
