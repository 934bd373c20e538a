import { EVENT_EXAMPLES, type NewEvent } from '@dialtone/contracts';
import { sharedTexts } from './event-text';

const eventOf = (data: object): NewEvent => ({ data }) as NewEvent;

describe('the texts of events of one change', () => {
  it.each(Object.entries(EVENT_EXAMPLES))('say what the events say: %s', (_type, data) => {
    const textOf = sharedTexts();
    for (const one of [data, { ...data, seq: 2 }]) expect(JSON.parse(textOf(eventOf(one)))).toEqual(one);
  });

  it('take nothing from a list that is only alike', () => {
    const textOf = sharedTexts();
    const { issues, action_items, ...data } = EVENT_EXAMPLES['dialtone.readiness.changed.v1'];
    const other = { ...data, issues: [...issues].reverse(), action_items: [] };
    textOf(eventOf({ ...data, issues, action_items }));
    expect(JSON.parse(textOf(eventOf(other)))).toEqual(other);
  });
});
