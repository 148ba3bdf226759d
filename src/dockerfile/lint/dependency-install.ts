import type { ShellCommand } from "./shell-command.ts";

/** What installs the dependencies that a file of the project lists: the program, and how its arguments start. */
const INSTALLERS: readonly (readonly [program: RegExp, args: RegExp])[] = [
  [/^pip[\d.]*$/, /^install\b.* (-r|--requirement)\b/],
  [/^python[\d.]*$/, /^-m pip install\b.* (-r|--requirement)\b/],
  [/^npm$/, /^(ci|clean-install)\b|^(install|i)( -\S+)*$/],
  [/^yarn$/, /^install\b|^(-\S+( |$))*$/],
  [/^pnpm$/, /^(install|i)( -\S+)*$/],
  [/^(poetry|composer|bundle)$/, /^install\b/],
  [/^uv$/, /^sync\b/],
  [/^pipenv$/, /^(install|sync)\b/],
  [/^go$/, /^mod download\b/],
  [/^cargo$/, /^fetch\b/],
];

/** Whether `command` installs what a file of the project lists. */
export function installsDependencies({ name, args }: ShellCommand): boolean {
  const text = args.join(" ");
  return INSTALLERS.some(([program, start]) => program.test(name) && start.test(text));
}
