import fc from "fast-check";
import type { Dockerfile } from "../../src/dockerfile/dockerfile.ts";
import type { DockerfileWriter } from "../../src/dockerfile/writer/dockerfile-writer.ts";
import type { RunMount } from "../../src/dockerfile/writer/run-mount.ts";
import { Text } from "../../src/dockerfile/writer/text.ts";

export type Writer = DockerfileWriter<Dockerfile>;

/** One more instruction, and the texts that must come out of the file again once variables and quotes are gone. */
export interface Step {
  readonly keyword: string;
  readonly write: (file: Writer) => Writer;
  readonly means?: readonly string[];
}

/** Characters that some part of the grammar takes for something else. */
const ODD = `"'\`\\$ {}[]()<>#=,:;&|-_./*?!%@~^\ta\u0085\u00a0\u3000\ufeffé😀`;

/** Any text of one line. */
const value = fc.string({ unit: fc.constantFrom(...ODD), maxLength: 12 });
const path = value.filter((text) => text !== "");
const plain = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/);
const names = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/);
const argv = fc.array(fc.string({ unit: fc.constantFrom(...ODD, "\n", "\0") }), { minLength: 1, maxLength: 4 });
const shellText = fc
  .stringMatching(/^[a-z][a-z0-9 |&;<>$"'=/*.-]{0,20}[a-z0-9]$/)
  .filter((text) => !text.includes("<<"));
const command = fc.oneof(
  argv,
  shellText.map((shell) => ({ shell })),
);
const script = fc.array(fc.constantFrom("a $b", "EOF", "EOF1", "", "\tx \\", "# y", "<<Z"), { maxLength: 5 });
const seconds = fc.integer({ min: 1, max: 10_000_000 }).map((milliseconds) => milliseconds / 1000);
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const owner = { mode: optional(fc.constantFrom("0400", "755")), uid: optional(fc.nat(70_000)) };
const target = fc.stringMatching(/^\/[a-z,/ ]{0,8}[a-z]$/);

const mount: fc.Arbitrary<RunMount> = fc.oneof(
  fc.record({
    type: fc.constant("bind" as const),
    target,
    source: optional(target),
    readWrite: optional(fc.boolean()),
  }),
  fc.record({ type: fc.constant("cache" as const), target, id: optional(plain), ...owner }),
  fc.record({ type: fc.constant("tmpfs" as const), target, size: optional(fc.constantFrom("1k", "64m")) }),
  fc.record({
    type: fc.constant("secret" as const),
    id: plain,
    env: optional(names),
    required: optional(fc.boolean()),
  }),
  fc.record({ type: fc.constant("ssh" as const), id: optional(plain), target: optional(target), ...owner }),
);

const flags = {
  chown: optional(fc.constantFrom("1:2", "$U", "a:b")),
  chmod: optional(fc.constantFrom("0755", "u=rwX,go=rX")),
  link: optional(fc.boolean()),
  exclude: optional(fc.array(fc.stringMatching(/^[a-z*?"\\, ]{1,6}$/), { maxLength: 2 })),
};

const file = fc.record({
  name: plain,
  content: script.map((lines) => lines.map((line) => `${line}\n`).join("")),
  expand: optional(fc.boolean()),
});

/** Text, or text whose variables are written out. */
const literally = (text: string) => Text.literal(text);

const step = (keyword: string, write: Step["write"], means: readonly string[] = []): Step => ({
  keyword,
  write,
  means,
});

const triggers: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(names, value).map(([name, text]) => step("ARG", (f) => f.arg(name, literally(text)), [name, text])),
  fc
    .dictionary(names, value, { minKeys: 1, maxKeys: 3 })
    .map((all) => step("ENV", (f) => f.env(mapValues(all, literally)), Object.entries(all).flat())),
  fc
    .dictionary(plain, value, { minKeys: 1, maxKeys: 3 })
    .map((all) => step("LABEL", (f) => f.label(mapValues(all, literally)), Object.entries(all).flat())),
  fc
    .record({
      command,
      mounts: fc.array(mount, { maxLength: 2 }),
      network: optional(fc.constantFrom("none" as const, "host" as const)),
    })
    .map(({ command: run, ...options }) => step("RUN", (f) => f.run(run, options))),
  script.map((lines) => step("RUN", (f) => f.run({ script: lines.join("\n") }))),
  fc
    .record({
      sources: fc.array(path, { minLength: 1, maxLength: 3 }),
      to: path,
      flags: fc.record({ ...flags, from: optional(plain) }),
    })
    .map((it) =>
      step("COPY", (f) => f.copy(it.sources.map(literally), literally(it.to), it.flags), [...it.sources, it.to]),
    ),
  fc
    .record({
      files: fc.uniqueArray(file, { minLength: 1, maxLength: 2, selector: ({ name }) => name }),
      to: target.map((t) => t.replaceAll(" ", "")),
    })
    .map((it) => step("COPY", (f) => f.copy(it.files, it.to))),
  fc
    .record({
      source: path,
      to: path,
      flags: fc.record({ ...flags, checksum: optional(plain), keepGitDir: optional(fc.boolean()) }),
    })
    .map((it) => step("ADD", (f) => f.add(literally(it.source), literally(it.to), it.flags), [it.source, it.to])),
  path.map((text) => step("WORKDIR", (f) => f.workdir(literally(text)), [text])),
  fc.constantFrom("root", "1:2", "$U", "a b").map((user) => step("USER", (f) => f.user(user))),
  fc
    .array(fc.oneof(fc.integer({ min: 1, max: 65_535 }), fc.constantFrom("53/udp", "8000-8010", "$P")), {
      minLength: 1,
    })
    .map((ports) => step("EXPOSE", (f) => f.expose(...ports))),
  fc
    .array(
      path.filter((text) => text.replace(/^[\s\u0085]|[\s\u0085]$/g, "") === text),
      { minLength: 1, maxLength: 3 },
    )
    .map((paths) => step("VOLUME", (f) => f.volume(...paths.map(literally)), paths)),
  command.map((text) => step("CMD", (f) => f.cmd(text))),
  command.map((text) => step("ENTRYPOINT", (f) => f.entrypoint(text))),
  fc
    .record({
      command,
      times: fc.record({
        interval: optional(seconds),
        timeout: optional(seconds),
        retries: optional(fc.integer({ min: 1, max: 99 })),
      }),
    })
    .map((it) => step("HEALTHCHECK", (f) => f.healthcheck(it.command, it.times))),
  fc.constant(step("HEALTHCHECK", (f) => f.healthcheck("none"))),
  argv.map((words) => step("SHELL", (f) => f.shell(words))),
  fc.constantFrom("SIGTERM", "9", "$S").map((signal) => step("STOPSIGNAL", (f) => f.stopsignal(signal))),
);

/** Every instruction that the writer has. */
export const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: triggers },
  {
    weight: 1,
    arbitrary: triggers.map((inner) =>
      step("ONBUILD", (f) => f.onbuild((image) => inner.write(image as unknown as Writer) as never), inner.means),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        image: fc.constantFrom("scratch", "debian:12.5", "x:${V}"),
        as: optional(plain),
        platform: optional(fc.constant("$BUILDPLATFORM")),
      })
      .map(({ image, ...options }) => step("FROM", (f) => f.from(image, options))),
  },
);

function mapValues(all: Readonly<Record<string, string>>, map: (text: string) => Text): Record<string, Text> {
  return Object.fromEntries(Object.entries(all).map(([name, text]) => [name, map(text)]));
}
