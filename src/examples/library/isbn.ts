import { LibraryError } from "./library-error.ts";

declare const isbn: unique symbol;

/** Thirteen digits whose last one checks out (ISO 2108), without hyphens. */
export type Isbn = string & { readonly [isbn]: true };

const THIRTEEN_DIGITS = /^\d{13}$/;

/**
 * The ISBN-13 that `text` spells, with or without hyphens and spaces. Throws
 * {@link LibraryError} `ISBN_INVALID`, which says what is wrong with it.
 */
export function parseIsbn(text: string): Isbn {
  const digits = text.replace(/[-\s]/g, "");
  if (!THIRTEEN_DIGITS.test(digits)) throw invalid(text, "an ISBN-13 has 13 digits");
  const expected = checkDigit(digits.slice(0, 12));
  if (digits[12] !== expected) throw invalid(text, `its check digit should be ${expected}`);
  return digits as Isbn; // checked on the lines above
}

/** The thirteenth digit: weights 1 and 3 in turn, to a multiple of ten. */
export function checkDigit(twelveDigits: string): string {
  const sum = Array.from(twelveDigits, Number).reduce(
    (total, digit, index) => total + digit * (index % 2 === 0 ? 1 : 3),
    0,
  );
  return String((10 - (sum % 10)) % 10);
}

function invalid(text: string, why: string): LibraryError {
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  return new LibraryError("ISBN_INVALID", `${shown} is no ISBN: ${why}`);
}
