/** What is wrong with a field that holds no phone number, and what to write instead. */
export const mustBeNumber = (field: string): string =>
  `${field} must be one phone number with 7 to 15 digits and no extension, for example 918011223344 or +918011223344; write a number of another country with + and its country code.`;
