import { refusal, runScript } from "./fake-programs.ts";

const INSTANCE = "i-0123456789abcdef0";

function tell(words: readonly string[], { send = "", ended = "Success\\t0", says = "fine", complains = "None" } = {}) {
  return runScript(
    "nano/tell.sh",
    words,
    {
      SLIPWAY_HOST: "shop/host",
      SLIPWAY_INSTANCE: INSTANCE,
      SLIPWAY_DOCUMENT: "slipway.shop.host",
      SLIPWAY_SECONDS: "60",
      SLIPWAY_PAUSE: "0",
    },
    {
      aws: `case "$*" in
  *send-command*) ${send}
    echo command-1 ;;
  *get-command-invocation*ResponseCode*) printf '${ended}\\n' ;;
  *StandardOutputContent*) printf '%b\\n' '${says}' ;;
  *StandardErrorContent*) printf '%b\\n' '${complains}' ;;
esac`,
    },
  );
}

test("says one verb with its words by the host's own document, and hands on what it says as it is", () => {
  const run = tell(["logs", "web", "20"], { says: "one\\n\\n  two" });
  expect(run).toMatchObject({ status: 0, output: "one\n\n  two\n" });
  expect(run.calls[0]).toContain(
    `ssm send-command --instance-ids ${INSTANCE} --document-name slipway.shop.host --timeout-seconds 30 --parameters {"verb":["logs"],"words":["web 20"]} --query Command.CommandId`,
  );
});

test.each([
  ["refuses", "Failed\\t1", 1],
  ["does not understand", "Failed\\t2", 2],
  ["cannot now", "Failed\\t75", 75],
  ["has not its files yet", "Failed\\t127", 75],
  ["does not come to an end", "TimedOut\\t-1", 75],
])("ends as the host ended that %s", (_, ended, status) => {
  expect(tell(["rollback"], { ended, complains: "why" })).toMatchObject({
    status,
    output: expect.stringContaining("why"),
  });
});

test.each([
  ["an instance that is not managed", refusal("InvalidInstanceId"), 75, `${INSTANCE} cannot be asked now`],
  ["no right to it", refusal("AccessDeniedException"), 75, "AccessDeniedException"],
  ["a document of before", refusal("InvalidParameters"), 1, "apply the stack once with this Slipway"],
])("with %s says so at once", (_, send, status, words) => {
  const run = tell(["status", "--json"], { send });
  expect(run).toMatchObject({ status, output: expect.stringContaining(words) });
  expect(run.calls).toHaveLength(1);
});
