/** Every number the library chose; each with its unit and its reason. */

/** Days a book may be kept before it is renewed or given back: what public libraries do. */
export const LOAN_DAYS = 28;
/** Renewals of one loan, so that a waiting reader gets the book within four months. */
export const MAX_RENEWALS = 3;
/** Books that one member may have at a time. */
export const MAX_LOANS_PER_MEMBER = 20;
/** Books in one answer to a search: a screenful, far below the size limit of a message. */
export const MAX_SEARCH_RESULTS = 50;
/** Members waiting for one book, each of them once; each of them holds a capability of theirs alive. */
export const MAX_WAITING_PER_BOOK = 100;

/** Days that a card is good for: a year, and the librarian sees the reader again. */
export const CARD_DAYS = 365;
/** Minutes of a session: an evening at somebody else's computer. */
export const SESSION_MINUTES = 240;
/** Cards that one member may have at a time. */
export const MAX_CARDS_PER_MEMBER = 10;

/** Bytes of the file of cards, about 20,000 of them. */
export const MAX_CARDS_BYTES = 8 * 1024 * 1024;
/** Bytes of a catalogue, about 100,000 books. It is read whole. */
export const MAX_CATALOG_BYTES = 16 * 1024 * 1024;
/** Bytes of a roster, about 20,000 keys. */
export const MAX_ROSTER_BYTES = 1024 * 1024;
/** Bytes of the file of loans, about 100,000 of them. */
export const MAX_LOANS_BYTES = 16 * 1024 * 1024;
/** Characters of a title, an author or an opening. */
export const MAX_TEXT_CHARS = 1000;
