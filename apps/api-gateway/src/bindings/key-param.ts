import { ApiParam } from '@nestjs/swagger';

/** The number of a binding in a path. */
export const KeyParam = (): MethodDecorator =>
  ApiParam({
    name: 'key',
    description: 'The number in any spelling; + is written as %2B.',
    schema: {
      type: 'string',
      pattern: String.raw`^\s*(?:[tT][eE][lL]:)?\+?(?:[\s().-]*\d){7,15}[\s().-]*$`,
      example: '918011223344',
    },
  });
