/** A time of each day in UTC. */
export interface RebootWindow {
  /** When it begins, `hh:mm`. */
  readonly from: string;
  /** When it is over, `hh:mm`; one before `from` is on the next day. */
  readonly to: string;
}
