import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { HealthRegistry, HealthReport } from '@dialtone/platform';
import { ApiError } from '../http/errors/api-error';
import { ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Public } from '../http/access/policy';
import { HEALTH } from '../outside/tokens';
import { HealthDto } from './health.dto';

const RETRY_AFTER_MS = 5_000;

const answer = ({ healthy, checks }: HealthReport): SuccessEnvelope<HealthDto> => {
  if (healthy) return success({ checks });
  const failed = Object.entries(checks).filter(([, result]) => result !== 'ok');
  const details = failed.map(([field, message]) => ({ field, message }));
  const reasons = details.map(({ field, message }) => `${field}: ${message}`).join('; ');
  throw new ApiError('SERVICE_UNAVAILABLE', `Not healthy: ${reasons}.`, {
    details,
    retryAfterMs: RETRY_AFTER_MS,
  });
};

/** For the orchestrator. Liveness does not check the database: restarting this process would not bring it back. */
@ApiTags('health')
@Controller('/health')
export class HealthController {
  constructor(@Inject(HEALTH) private readonly health: HealthRegistry) {}

  @Get('live')
  @Public()
  @ApiOperation({
    operationId: 'getLiveness',
    summary: 'Liveness',
    description: 'Fails only where a restart would help.',
  })
  @ApiSuccess(HealthDto, { description: 'The process runs.' })
  @ApiErrors('SERVICE_UNAVAILABLE')
  async live(): Promise<SuccessEnvelope<HealthDto>> {
    return answer(await this.health.report('liveness'));
  }

  @Get('ready')
  @Public()
  @ApiOperation({
    operationId: 'getReadiness',
    summary: 'Readiness of the gateway',
    description: 'Fails while the database does not answer, and as soon as the process is told to stop.',
  })
  @ApiSuccess(HealthDto, { description: 'The database answers.' })
  @ApiErrors('SERVICE_UNAVAILABLE')
  async ready(): Promise<SuccessEnvelope<HealthDto>> {
    return answer(await this.health.report('readiness'));
  }
}
