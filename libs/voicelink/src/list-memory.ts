import { recallSetAside, type Listing, type RememberedList, type Section, type SectionRows } from '@dialtone/domain';
import type { ListedRow } from './listed-row';
import { subjectOfRead } from './row-subject';

type AnyRow = SectionRows[Section];

/**
 * The last complete list of each section of one account, for what it tells about rows that cannot be read now. Losing it costs
 * certainty only: less is known of what is missing.
 */
export class ListMemory {
  private readonly lists = new Map<Section, RememberedList<AnyRow>>();

  /** Takes up a list of everything, and gives it back with what earlier ones know of the rows that were set aside. */
  recall<S extends Section, Read extends Listing<SectionRows[S]>>(section: S, listing: Read): Read {
    if (listing.status !== 'complete') return listing;
    const { rows, setAside = [] } = listing;
    const known = recallSetAside<AnyRow>(this.lists.get(section) ?? null, { rows, setAside }, (row) => ({
      identity: (row as unknown as ListedRow).identity,
      ...subjectOfRead(section, row),
    }));
    this.lists.set(section, { rows, setAside: known });
    return known.length === 0 ? listing : { ...listing, setAside: known };
  }
}
