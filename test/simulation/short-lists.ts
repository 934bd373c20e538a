import type { Section } from '@dialtone/domain';

/** `empty`: no row. `shrunken`: about every third. `flickering`: empty every other time. */
export type Shortage = 'empty' | 'shrunken' | 'flickering';

/** Of fewer rows a third is one or two: as many as may really be deleted at once. */
const SEVERAL = 5;

/** Lists that leave rows out and look complete all the same: right status, right total. */
export class ShortLists {
  private readonly shortages = new Map<Section, Shortage>();
  private asked = 0;

  begin(section: Section, shortage: Shortage): void {
    this.shortages.set(section, shortage);
  }

  end(section: Section): void {
    this.shortages.delete(section);
  }

  of<Row>(section: Section, rows: readonly Row[]): readonly Row[] {
    this.asked += 1;
    switch (this.shortages.get(section)) {
      case undefined:
        return rows;
      case 'empty':
        return [];
      case 'shrunken':
        return rows.length < SEVERAL ? rows : rows.filter((_, index) => index % 3 === 0);
      case 'flickering':
        return this.asked % 2 === 0 ? [] : rows;
    }
  }
}
