/** Invisible characters: joiners, direction marks, variation selectors, fillers, controls. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/gu;

/**
 * What two names have in common that people take for the same: letter case, Unicode form, width, blanks and invisible
 * characters do not count. Empty for a name of which nothing is to be seen.
 */
export const nameKey = (name: string): string =>
  name
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .replace(INVISIBLE, '')
    .replace(/ +/g, ' ')
    .trim()
    .toUpperCase()
    .normalize('NFKC');
