/** Where the engine of a host sends what a container writes, as the manifest has it. */
export interface ReleasedLogs {
  /** The log group in CloudWatch, which is there. */
  readonly group: string;
  /** Why it is said: the engine would ask the instance's metadata for it at each start. */
  readonly region: string;
}
