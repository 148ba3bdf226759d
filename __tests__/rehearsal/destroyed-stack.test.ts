import { destroyStack } from "../../src/rehearsal/destroyed-stack.ts";

const DONE = { code: 0, stdout: "Destroy complete!", stderr: "" };
/** As Terraform 1.11 says it where nobody looks on: its lines are 78 characters long. */
const GUARDED = {
  code: 1,
  stdout: "",
  stderr: `╷
│ Error: Instance cannot be destroyed
│\x20
│   on cdk.tf.json line 224, in resource.aws_ebs_volume.host_DataVolume_15B1CF34:
│  224:       }
│\x20
│ Resource aws_ebs_volume.host_DataVolume_15B1CF34 has
│ lifecycle.prevent_destroy set, but the plan calls for this resource to be
│ destroyed. To avoid this error and continue with the plan, either disable
│ lifecycle.prevent_destroy or reduce the scope of the plan using the -target
│ option.
╵
`,
};
const FILLED = { code: 1, stdout: "", stderr: "RepositoryNotEmptyException: The repository cannot be deleted" };

function destroyed(...outcomes: object[]) {
  const forgotten: (readonly string[])[] = [];
  const cleared: string[] = [];
  const asked: string[] = [];
  const terraform = {
    destroy: async (words: readonly string[] = []) => {
      asked.push(words.join(" "));
      return outcomes.shift() ?? DONE;
    },
    run: async (verb: string, words: readonly string[] = []) => {
      forgotten.push([verb, ...words]);
      return DONE;
    },
  };
  const ledger = { filled: ["shop/web"], clear: (repository: string) => void cleared.push(repository) };
  return destroyStack(terraform as never, ledger).then(({ outcome, checks }) => ({
    ...{ code: outcome.code, forgotten, cleared, left: outcomes.length, asked },
    said: checks.map(({ what, seen }) => `${what}: ${seen}`),
  }));
}

const VOLUME = ["state", "rm", "aws_ebs_volume.host_DataVolume_15B1CF34"];
const KEPT_VOLUME = "destroy keeps what must not be destroyed: aws_ebs_volume.host_DataVolume_15B1CF34";
const KEPT_IMAGES = "destroy keeps images that are not to be deleted: shop/web";

test.each([
  ["nothing", [DONE], { code: 0, forgotten: [], cleared: [], said: [] }],
  ["a data volume", [GUARDED, DONE], { code: 0, forgotten: [VOLUME], cleared: [], said: [KEPT_VOLUME] }],
  ["images", [FILLED, DONE], { code: 0, forgotten: [], cleared: ["shop/web"], said: [KEPT_IMAGES] }],
  [
    "both",
    [GUARDED, FILLED, DONE],
    { code: 0, forgotten: [VOLUME], cleared: ["shop/web"], said: [KEPT_VOLUME, KEPT_IMAGES] },
  ],
])("a stack that keeps %s is destroyed, and what it keeps is said", async (_, outcomes, expected) => {
  expect(await destroyed(...outcomes)).toMatchObject({ ...expected, left: 0 });
});

test("whatever else Terraform refuses stays refused", async () => {
  const other = { code: 1, stdout: "", stderr: "Error: AccessDenied" };
  expect(await destroyed(other)).toMatchObject({ code: 1, forgotten: [], cleared: [], left: 0, said: [] });
});

test("what was there a moment ago is not asked for again", async () => {
  expect(await destroyed(GUARDED, FILLED, DONE)).toMatchObject({ asked: ["", "-refresh=false", "-refresh=false"] });
});
