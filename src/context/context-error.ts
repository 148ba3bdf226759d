import { InvalidValueError } from "../values/invalid-value-error.ts";

/** A build context that cannot be read, or that no engine could build. */
export class ContextError extends InvalidValueError {}
