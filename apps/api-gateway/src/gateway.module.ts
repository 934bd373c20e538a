import { Module, type DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AgentsModule } from './agents/agents.module';
import { BindingsModule } from './bindings/bindings.module';
import { CallbacksModule } from './callbacks/callbacks.module';
import { CallsModule } from './calls/calls.module';
import { ConnectionsModule } from './connections/connections.module';
import { EventsModule } from './events/events.module';
import { HealthModule } from './health/health.module';
import { AuthGuard } from './http/access/auth.guard';
import { ErrorFilter } from './http/errors/error.filter';
import { HttpModule } from './http/http.module';
import { UndeclaredInputGuard } from './http/input/undeclared-input.guard';
import { StrictValidationPipe } from './http/input/validation.pipe';
import { IssuePagesModule } from './issue-pages/issue-pages.module';
import { ManagementModule } from './management/management.module';
import { PhoneNumbersModule } from './phone-numbers/phone-numbers.module';
import { ProvisioningModule } from './provisioning/provisioning.module';
import { ReadinessModule } from './readiness/readiness.module';
import { SteeringModule } from './steering/steering.module';
import { TelephonyModule } from './telephony/telephony.module';
import { WebhooksModule } from './webhooks/webhooks.module';

/** All routes. `outside` is a global module that provides the tokens of outside/tokens.ts. */
@Module({})
export class GatewayModule {
  static over(outside: DynamicModule): DynamicModule {
    return {
      module: GatewayModule,
      imports: [
        outside,
        HttpModule,
        BindingsModule,
        ReadinessModule,
        ProvisioningModule,
        ConnectionsModule,
        SteeringModule,
        TelephonyModule,
        PhoneNumbersModule,
        AgentsModule,
        CallsModule,
        CallbacksModule,
        EventsModule,
        WebhooksModule,
        ManagementModule,
        HealthModule,
        IssuePagesModule,
      ],
      providers: [
        { provide: APP_GUARD, useClass: AuthGuard },
        { provide: APP_GUARD, useClass: UndeclaredInputGuard },
        { provide: APP_PIPE, useClass: StrictValidationPipe },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }
}
