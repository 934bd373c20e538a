import type { DataSource, MigrationInterface } from 'typeorm';

/** Takes migrations back, the last first, until this one is not applied any more: the schema of the release before it. */
export const undoThrough = async (source: DataSource, { name }: Pick<MigrationInterface, 'name'>): Promise<void> => {
  const isApplied = async (): Promise<boolean> =>
    (await source.query<unknown[]>('select 1 from migrations where name = $1', [name])).length > 0;
  do await source.undoLastMigration();
  while (await isApplied());
};
