import { DockerfileError } from "../../src/dockerfile/dockerfile-error.ts";

/** The error that `task` throws; a task that succeeds, or fails otherwise, fails the test. */
export function refusal(task: () => unknown): DockerfileError {
  try {
    task();
  } catch (error) {
    if (error instanceof DockerfileError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
