import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'api_keys' })
export class ApiKey {
  /** The public part of the key. */
  @PrimaryColumn('text')
  id!: string;

  @Column('uuid', { name: 'partner_id' })
  partnerId!: string;

  /** HMAC-SHA-256(pepper, secret). Not read unless asked for. */
  @Column('bytea', { select: false })
  hmac!: Buffer;

  @Column('text')
  label!: string;

  @Column('text', { array: true })
  scopes!: string[];

  @CreateDateColumn({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;

  @Column('timestamptz', { name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;
}
