/**
 * Every limit of this room. The wire format's own maxima stand first, then what we choose; each
 * choice names whom it follows.
 */

/** Bytes of a word, the unit of every offset and size on the wire (encoding spec, "Messages"). */
export const WORD_BYTES = 8;

/** Elements of a list: 29 bits (encoding spec, "Lists"). */
export const MAX_LIST_LENGTH = 2 ** 29 - 1;

/** Segments of one received message. C++ `serialize.c++` refuses 512 and more; so do Go and Rust. */
export const MAX_SEGMENTS = 512;

/**
 * Words that each segment but the first counts as, beside what lies in it: about what it takes of the
 * heap, however short it is. Ours, measured.
 */
export const SEGMENT_WORDS = 12;

/** Bytes of one message, frame included. C++ reads at most 8 Mi words, which is this. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

/** Pointers from the root to the deepest value. C++ `ReaderOptions.nestingLimit`. */
export const MAX_NESTING = 64;

/**
 * Words that reading one message may visit, at least: C++ `ReaderOptions.traversalLimitInWords`.
 * A pointer is charged each time it is followed, so a message whose pointers meet again costs at
 * most as much as one of 64 MiB, which any peer may send anyway. The floor is high for the sake of
 * honest programs: `params.books.at(i)` in a loop pays for the whole list each time round. What is
 * copied on a peer's behalf, where nobody reads twice, has the tighter budget below.
 */
export const MIN_TRAVERSAL_WORDS = 8 * 1024 * 1024;

/**
 * Words that may be visited for each word received, where that is more: without it a message of
 * the greatest size could be read only once. Ours; it keeps the cost proportional to the bytes.
 */
export const TRAVERSALS_OF_A_WORD = 16;

/**
 * Words that copying a received payload on to another connection may visit for each word received.
 * What honest programs build is a tree, which costs a little more than its size; a
 * message whose pointers meet again costs as much as it likes. Ours.
 */
export const COPIES_OF_A_WORD = 2;

/** And at least so many. Ours. */
export const MIN_COPY_WORDS = 4096;

/**
 * Words of a message that is sent back as unimplemented; of a larger one go only its own fields, and
 * of those so many words: `Call`, the largest struct of rpc.capnp, has three. Ours.
 */
export const MAX_ECHO_WORDS = 512;
export const ECHOED_FIELD_WORDS = 8;

/** Capabilities in one payload. Ours: 16 times what any known program sends. */
export const MAX_CAP_DESCRIPTORS = 16_384;

/** Steps of a PromisedAnswer transform. Ours: nothing can lie deeper than `MAX_NESTING`. */
export const MAX_TRANSFORM_OPS = 4 * MAX_NESTING;

/** Details of an exception that are read or written; the rest are dropped. Ours. */
export const MAX_EXCEPTION_DETAILS = 16;

/** Bytes of one of them; a larger one is dropped. Ours. */
export const MAX_EXCEPTION_DETAIL_BYTES = 64 * 1024;

/** Bytes of a slab, in which many outgoing messages lie side by side. Ours, measured. */
export const SLAB_BYTES = 64 * 1024;

/** A new message starts a new slab when fewer bytes than this are left. Ours. */
export const SLAB_REST_BYTES = 2 * 1024;

/** Data of at least this many bytes is sent from where it lies instead of copied. Ours, measured. */
export const GATHER_BYTES = 16 * 1024;

/** Gathered Data in one message, each a segment of its own; beyond, it is copied. Ours. */
export const MAX_GATHERED = 64;
