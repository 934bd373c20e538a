import type { NewEvent } from '@dialtone/contracts';
import { json } from '../db';

type Data = Partial<Readonly<Record<'issues' | 'action_items', readonly unknown[]>>>;

/** JSON of events' data, one after another: what several have in common, as the very same lists, is made once. */
export const sharedTexts = (): ((event: NewEvent) => string) => {
  const texts = new Map<readonly unknown[], string>();
  const textOf = (list: readonly unknown[]): string => {
    const known = texts.get(list);
    if (known !== undefined) return known;
    const text = json(list);
    texts.set(list, text);
    return text;
  };
  return ({ data }) => {
    const { issues, action_items, ...own } = data as object as Data;
    if (issues === undefined || action_items === undefined) return json(data);
    return `${json(own).slice(0, -1)},"issues":${textOf(issues)},"action_items":${textOf(action_items)}}`;
  };
};
