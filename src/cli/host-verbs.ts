import { type AskedHost, askedHost, type HostAnswer } from "./asked-host.ts";
import { tellHost } from "./host-answer.ts";
import { type StatusReport, statusLines } from "./status-report.ts";
import type { Arguments, Tools } from "./tools.ts";

const USUAL_LINES = "100";

/** What it serves, and how that does. */
export function status({ words = [], json }: Arguments, tools: Tools): Promise<number> {
  return ask(words[0], ["status", "--json"], tools, ({ code, stdout }) => {
    if (json) console.log(stdout.trimEnd());
    else for (const line of statusLines(JSON.parse(stdout) as StatusReport)) show(line, code, tools);
  });
}

/** What a service said last. */
export function logs({ words = [], lines = USUAL_LINES, json }: Arguments, tools: Tools): Promise<number> {
  const service = words.at(-1) as string;
  return ask(words.length > 1 ? words[0] : undefined, ["logs", service, lines], tools, ({ stdout }, { host }) => {
    const said = stdout === "" ? [] : stdout.replace(/\n$/, "").split("\n");
    if (json) console.log(JSON.stringify({ schema: 1, host: host.path, service, lines: said }));
    else for (const line of said) tools.terminal.line(line);
  });
}

/** Its last releases, and what became of them. */
export function releases({ words = [], json }: Arguments, tools: Tools): Promise<number> {
  return ask(words[0], ["releases", ...(json ? ["--json"] : [])], tools, ({ stdout }) => say(stdout, json, tools));
}

/** Serves an earlier release, and holds it. */
export function rollback({ words = [], json }: Arguments, tools: Tools): Promise<number> {
  const isVersion = (word = "") => /^[0-9]+$/.test(word);
  const version = words.find(isVersion);
  const told = ["rollback", ...(version === undefined ? [] : [version])];
  return ask(
    words.find((word) => !isVersion(word)),
    told,
    tools,
    ({ stdout }, { host }) => outcome(stdout, host, json, tools),
  );
}

/** Answers 503 for a site, or serves it again. */
export function maintenance({ words = [], json }: Arguments, tools: Tools): Promise<number> {
  const [site, state] = words.slice(-2) as [string, string];
  const told = ["maintenance", site, state];
  return ask(words.length > 2 ? words[0] : undefined, told, tools, ({ stdout }, { host }) =>
    outcome(stdout, host, json, tools),
  );
}

async function ask(
  name: string | undefined,
  words: readonly string[],
  tools: Tools,
  print: (answer: HostAnswer, asked: AskedHost) => void,
): Promise<number> {
  const asked = await askedHost(name, tools);
  const answer = await tellHost(asked, words, tools);
  if (answer.stdout.trim() !== "") print(answer, asked);
  if (answer.stderr !== "") process.stderr.write(answer.stderr);
  return answer.code;
}

function say(stdout: string, json: boolean | undefined, { terminal }: Tools): void {
  if (json) console.log(stdout.trimEnd());
  else for (const line of stdout.trimEnd().split("\n")) terminal.line(line);
}

function outcome(stdout: string, { path }: { readonly path: string }, json: boolean | undefined, tools: Tools): void {
  const said = stdout.trimEnd().split("\n");
  say(json ? JSON.stringify({ schema: 1, host: path, said }) : stdout, json, tools);
}

function show(line: string, code: number, { terminal }: Tools): void {
  if (code !== 0 && /NOT HEALTHY|serves nothing/.test(line)) terminal.fail(line);
  else terminal.line(line);
}
