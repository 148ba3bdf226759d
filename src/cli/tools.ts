import type { Arguments } from "./arguments.mjs";
import type * as command from "./command.mjs";
import type { answers } from "./early-request.mjs";
import type { Engine } from "./engine.mjs";
import type { request } from "./http-request.mjs";
import type { Project } from "./project.mjs";
import type { Terminal } from "./terminal.mjs";
import type { findTerraform, TerraformTool } from "./terraform-tool.mjs";

export type { Arguments, Engine, Project, Terminal, TerraformTool };

/** Runs programs; the set-up's own, handed over so that nothing here needs to load it. */
export type Command = Pick<typeof command, "run" | "outputTail">;

/** What the set-up found and hands to the verbs. */
export interface Tools {
  readonly terminal: Terminal;
  /** Absent for verbs that need none. */
  readonly project: Project;
  readonly command: Command;
  readonly request: typeof request;
  readonly answers: typeof answers;
  readonly findTerraform: typeof findTerraform;
  /** Present for the verbs that deploy. */
  readonly terraform?: TerraformTool;
  /** Present for the verbs that deploy. */
  readonly engine?: Engine;
}
