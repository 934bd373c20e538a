import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { RELEASE_POLICIES, type ReleasePolicy } from '@dialtone/domain';
import { ConnectionFilter } from '../http/input/connection-selection';
import { InQuery } from '../http/input/field';
import { DECLARED_KINDS } from './declared-kinds';

/** In whose name a declaration is withdrawn. */
export class WithdrawalQuery extends ConnectionFilter {
  @InQuery('manager', DECLARED_KINDS.manager, {
    description: 'The manager of the declaration; needed when it has one.',
    example: 'crm-export',
  })
  readonly manager?: string;

  @InQuery('take_over', DECLARED_KINDS.take_over, {
    description: 'Also when another manager declares the number.',
    example: false,
  })
  readonly take_over?: boolean;

  @InQuery('release', DECLARED_KINDS.release, {
    description: 'Instead of what is declared; `keep` also ends a release that is on its way.',
    example: 'keep',
  })
  readonly release?: ReleasePolicy;
}

export class DeletedBindingDto {
  @ApiProperty({ type: String, example: '918011223344' })
  readonly key!: string;

  @ApiProperty({ type: Boolean, description: 'False: it stays until it is released.', example: true })
  readonly deleted!: boolean;

  @ApiPropertyOptional({
    enum: [...RELEASE_POLICIES],
    description: 'What is done first; left out when nothing is.',
    example: 'outbound_off',
  })
  readonly releasing?: ReleasePolicy;
}
