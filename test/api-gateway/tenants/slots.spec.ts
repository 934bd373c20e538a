import { operationsOf, slotsOf, type Document, type Schema } from './slots';

const documentOf = (properties: Readonly<Record<string, Schema>>): Document => ({
  paths: {
    '/things': {
      post: {
        operationId: 'createThing',
        security: [],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
      },
    },
  },
  components: { schemas: { Thing: { type: 'object', properties } } },
});

const slotsIn = (properties: Readonly<Record<string, Schema>>) => {
  const document = documentOf(properties);
  return operationsOf(document).flatMap((operation) => slotsOf(document, operation));
};

describe('the inputs that name something', () => {
  it('are found by their form and name, also in lists', () => {
    const uuid: Schema = { type: 'string', format: 'uuid' };
    const found = slotsIn({
      owner: uuid,
      bot_ids: { type: 'array', items: { type: 'integer' } },
      did_number: { type: 'string' },
      trunk_id: { type: 'string' },
      title: { type: 'string' },
    });
    expect(found.map(({ name, kind, isList }) => [name, kind, isList])).toEqual([
      ['owner', 'uuid', false],
      ['bot_ids', 'upstream', true],
      ['did_number', 'number', false],
      ['trunk_id', 'opaque', false],
    ]);
  });

  const inner: Schema = { type: 'object', properties: { agent_id: { type: 'string', format: 'uuid' } } };
  const list: Schema = { type: 'array', items: inner };

  it('are found in the objects of a list', () => {
    expect(slotsIn({ list }).map(({ name, kind, within }) => [name, kind, within])).toEqual([
      ['agent_id', 'uuid', 'list'],
    ]);
  });

  it.each<{ what: string; target: Schema }>([
    { what: 'another input', target: inner },
    { what: 'a list in a list', target: { type: 'array', items: { type: 'object', properties: { list } } } },
  ])('are not passed over inside of $what', ({ target }) => {
    expect(() => slotsIn({ target })).toThrow('createThing takes "agent_id" inside of "target');
  });
});
