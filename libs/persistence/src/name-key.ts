/** Invisible characters: joiners, direction marks, variation selectors, fillers, controls. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/gu;

/**
 * The same for two names that people take for the same: ignores letter case, Unicode form, width, blanks and invisible
 * characters. Empty for a name without a visible character.
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
