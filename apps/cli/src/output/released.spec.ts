import type { BulkResultDto } from '@dialtone/client';
import { undoneText, type Release } from './released';

const withdrawn = (...releasing: readonly (Release | null)[]): readonly BulkResultDto[] =>
  releasing.map((policy, index) => ({
    index,
    key: '918011223344',
    result: 'withdrawn',
    ...(policy !== null && { releasing: policy }),
  }));

describe('what a withdrawal undoes', () => {
  it.each([
    { given: [null, null], text: 'Nothing is undone in VoiceLink.' },
    { given: ['outbound_off', null] as const, text: 'That switches the outbound calls of 1 number off.' },
    { given: ['unassign_agent', 'unassign_agent'] as const, text: 'That takes the agent from 2 numbers.' },
    {
      given: ['outbound_off', 'unassign_agent'] as const,
      text: 'That switches the outbound calls of 1 number off and takes the agent from 1 number.',
    },
  ])('$text', ({ given, text }) => {
    expect(undoneText(withdrawn(...given))).toBe(text);
  });

  it('is more than what a dry run has seen', () => {
    expect(undoneText(withdrawn('outbound_off'), true)).toContain('of at least 1 number off');
  });
});
