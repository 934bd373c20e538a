import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsController } from './admin/accounts.controller';
import { AdminAccess } from './admin/admin-access';
import { CallsController } from './admin/calls.controller';
import { FaultsController } from './admin/faults.controller';
import { StateController } from './admin/state.controller';
import { Simulator } from './simulator';
import { CarriersController } from './wire/carriers.controller';
import { LiveTimers } from './wire/live-timers';
import { Pipeline } from './wire/pipeline';

@Module({})
export class SimulatorModule {
  static of(simulator: Simulator, access: AdminAccess): DynamicModule {
    return {
      module: SimulatorModule,
      controllers: [StateController, FaultsController, AccountsController, CallsController, CarriersController],
      providers: [
        { provide: Simulator, useValue: simulator },
        { provide: AdminAccess, useValue: access },
        LiveTimers,
        {
          provide: Pipeline,
          inject: [LiveTimers],
          useFactory: (timers: LiveTimers) => new Pipeline(simulator, (ms) => timers.sleep(ms)),
        },
      ],
    };
  }
}
