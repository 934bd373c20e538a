import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'partners' })
export class Partner {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  /** The comparable form of the name; see nameKey. Null for names from before this column existed. */
  @Column('text', { name: 'name_key', nullable: true })
  nameKey!: string | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
