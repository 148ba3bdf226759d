import { InvalidValueError } from "./invalid-value-error.ts";

/** @throws InvalidValueError when no container starts in the folder `path` */
export function workingDirectory(path: string): string {
  if (typeof path === "string" && /^\/[^\u0000\n]*$/.test(path)) return path;
  const rule = "must be an absolute path";
  throw new InvalidValueError({ subject: "working directory", rule, got: path, remedy: 'write it like "/app"' });
}
