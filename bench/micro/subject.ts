/** What both codecs are measured with. */

export const ISBN = "9780000000002";
export const POINT_COUNT = 1000;
/** Structs that the same code sees: more than an inline cache holds. */
export const CLASSES = 24;
