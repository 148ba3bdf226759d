/** A file of a project that is written. */
export interface WrittenFile {
  /** Relative to the project's folder, with slashes. */
  readonly path: string;
  readonly text: string;
}
