import type { ConnectionAdvisory } from '@dialtone/engine';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TelephonyProvider } from '../gateway/telephony-providers';

/** The columns of `connections` that people edit; the sweep's bookkeeping is read and written by SQL only. */
@Entity({ name: 'connections' })
export class Connection {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'partner_id' })
  partnerId!: string;

  @Column('text')
  provider!: TelephonyProvider;

  @Column('text')
  name!: string;

  @Column('text')
  status!: 'ACTIVE' | 'DISCONNECTED';

  @Column('boolean', { name: 'is_default' })
  isDefault!: boolean;

  /** Not null: of a disconnected one there is something left to end. */
  @Column('text', { name: 'ends_after', nullable: true })
  endsAfter!: string | null;

  @Column('text', { name: 'base_url', nullable: true })
  baseUrl!: string | null;

  /** Sealed; not read unless asked for. */
  @Column('bytea', { nullable: true, select: false })
  credentials?: Buffer | null;

  /** See `loginDigest`; not read unless asked for. */
  @Column('bytea', { name: 'login_digest', nullable: true, select: false })
  loginDigest?: Buffer | null;

  @Column('text', { name: 'writes_held', nullable: true })
  writesHeld!: string | null;

  @Column('uuid', { name: 'account_id' })
  accountId!: string;

  @Column('jsonb')
  advisories!: readonly ConnectionAdvisory[];

  @Column('timestamptz', { name: 'last_verified_at', nullable: true })
  lastVerifiedAt!: Date | null;

  @Column('text', { name: 'last_error_message', nullable: true })
  lastErrorMessage!: string | null;

  @Column('timestamptz', { name: 'last_swept_at', nullable: true })
  lastSweptAt!: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
