/** The text of a spec, which a program keeps so that a run can be read, compared and continued without the files. */
export interface SpecText {
  /** As it was given. */
  readonly path: string;
  readonly text: string;
  /** The files that it imports, in the order in which they were read, by their paths from where it was read. */
  readonly imports?: readonly { readonly path: string; readonly text: string }[];
}
