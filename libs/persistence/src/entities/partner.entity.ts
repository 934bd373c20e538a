import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ name: 'partners' })
export class Partner {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  /** What counts when names are compared; see nameKey. Null of a name that came before names were compared like that. */
  @Column('text', { name: 'name_key', nullable: true })
  nameKey!: string | null;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
