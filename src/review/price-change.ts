/** Dollars a month; absent where they are not known. */
export interface PriceChange {
  readonly before?: number;
  readonly after?: number;
  /** What surplus CPU credits cost more at worst. */
  readonly surplus?: number;
  /** As of when the list price is. */
  readonly asOf?: string;
}
