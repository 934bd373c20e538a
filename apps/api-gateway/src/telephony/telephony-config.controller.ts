import { Body, Controller, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { TelephonyProvider } from '@dialtone/persistence';
import { ApiBodyExamples, ApiErrors, ApiSuccess } from '../http/errors/api-docs';
import { CurrentCall, type Call } from '../http/call';
import { success, type SuccessEnvelope } from '../http/errors/envelope';
import { Idempotent } from '../http/idempotency/idempotent';
import { RequireScope } from '../http/access/policy';
import { CONFIGURED } from './answer-examples';
import { PROVIDER_EXAMPLES } from './examples';
import { PROVIDER_PATHS, ProviderPipe } from './provider.pipe';
import { PROVIDERS } from './providers';
import { ConfiguredConnectionDto } from './connection.dto';
import { TelephonyFields } from './telephony-fields.dto';
import { toConnection } from './telephony.mapper';
import { TelephonyService } from './telephony.service';

/** The older, provider-specific way to a partner's default connections. */
@ApiTags('connections')
@ApiBearerAuth()
@Controller('/api/v2/config/telephony')
export class TelephonyConfigController {
  constructor(private readonly telephony: TelephonyService) {}

  @Put(':provider')
  @Idempotent()
  @RequireScope('connections:write')
  @ApiOperation({
    operationId: 'configureProvider',
    summary: 'Configure a provider',
    description:
      "Replaces all credentials of the provider's default connection, or creates that connection. They are tried at once, as for a new connection.",
  })
  @ApiParam({
    name: 'provider',
    description: 'The carrier; Tata Smartflo in either spelling.',
    schema: { type: 'string', enum: [...PROVIDER_PATHS], example: 'plivo' },
  })
  @ApiBodyExamples(TelephonyFields, PROVIDER_EXAMPLES)
  @ApiSuccess(ConfiguredConnectionDto, { description: 'Updated, or created.', example: CONFIGURED })
  @ApiErrors('VALIDATION_ERROR', 'CREDENTIALS_REFUSED', 'CONNECTION_LIMIT_REACHED', 'NUMBER_LIMIT_REACHED')
  @ApiErrors('PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE')
  async configure(
    @CurrentCall() { principal }: Call,
    @Param('provider', ProviderPipe) provider: TelephonyProvider,
    @Body() body: TelephonyFields,
  ): Promise<SuccessEnvelope<ConfiguredConnectionDto>> {
    const { given, view, created } = await this.telephony.configure(principal, provider, body);
    const done = `The default ${PROVIDERS[provider].label} connection was ${created ? 'created' : 'updated'}.`;
    const { lastErrorMessage } = view.connection;
    return success({
      // A caller who has just replaced working credentials must read that the new ones are not verified.
      message: lastErrorMessage === null ? done : `${done} ${lastErrorMessage}`,
      from_number: view.phoneNumbers.find((number) => number.isDefault)?.phoneNumber ?? null,
      ...given.shown,
      connection: toConnection(view),
    });
  }
}
