/**
 * What went through, seen from this vat. Bytes are those of whole messages before they are sealed;
 * capabilities are counted where they stand in a message, as often as they do.
 */
export interface CallStatistics {
  readonly messagesIn: number;
  readonly messagesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly capabilitiesIn: number;
  readonly capabilitiesOut: number;
}

/** A sum of {@link CallStatistics}. */
export class Tally implements CallStatistics {
  messagesIn = 0;
  messagesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  capabilitiesIn = 0;
  capabilitiesOut = 0;

  add(more: CallStatistics): void {
    this.messagesIn += more.messagesIn;
    this.messagesOut += more.messagesOut;
    this.bytesIn += more.bytesIn;
    this.bytesOut += more.bytesOut;
    this.capabilitiesIn += more.capabilitiesIn;
    this.capabilitiesOut += more.capabilitiesOut;
  }

  /** As it is now, as a plain object. */
  get sums(): CallStatistics {
    const { messagesIn, messagesOut, bytesIn, bytesOut, capabilitiesIn, capabilitiesOut } = this;
    return { messagesIn, messagesOut, bytesIn, bytesOut, capabilitiesIn, capabilitiesOut };
  }
}
