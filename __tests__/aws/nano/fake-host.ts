import { refusal, runScript } from "./fake-programs.ts";

export const INSTANCE = "i-0123456789abcdef0";
export const RELEASE = "f00d".repeat(16);

/** A host as AWS shows it. Pieces of shell may keep count by `upto FILE N`, and move the label in `$STATE/live`. */
export interface FakeHost {
  /** The version that its label is on. @default - there is no label */
  readonly live?: string;
  /** Shell before a command is taken, to refuse it. */
  readonly send?: string;
  /** Shell that says how the command is doing. @default SERVES */
  readonly outcome?: string;
  /** What the host says, and what it complains of. */
  readonly lines?: string;
  readonly errors?: string;
  /** Shell before the label is shown, to refuse it. */
  readonly parameter?: string;
  /** Shell before a role is given, to refuse it. */
  readonly assume?: string;
  /** Shell that answers what is asked of ECR, and ends then. @default - there is no ECR */
  readonly ecr?: string;
}

/** The command ends well, and the label is where it should be. */
export const SERVES = "echo 5 >$STATE/live; printf 'Success\\t0\\n'";

function aws({
  live = "",
  send = "",
  outcome = SERVES,
  lines = "",
  errors = "",
  parameter = "",
  assume = "",
  ecr = "",
}: FakeHost) {
  return `
[ -e $STATE/live ] || echo '${live}' >$STATE/live
upto() { echo x >>$STATE/$1; [ "$(grep -c x $STATE/$1)" -le "$2" ]; }
${ecr}
case "$*" in
  *assume-role*) ${assume}
    printf 'ASIAKEY\\tsecret\\ttoken\\n' ;;
  *send-command*) ${send}
    echo command-1 ;;
  *get-command-invocation*ResponseCode*) ${outcome} ;;
  *StandardOutputContent*) printf '%b\\n' '${lines || "None"}' ;;
  *StandardErrorContent*) printf '%b\\n' '${errors || "None"}' ;;
  *get-parameter*) ${parameter}
    [ -n "$(cat $STATE/live)" ] || { ${refusal("ParameterVersionNotFound")}; }
    cat $STATE/live ;;
  *) echo "unknown question: $*" >&2; exit 2 ;;
esac`;
}

/** Runs `deploy.sh` with a pretended AWS that has this one host. */
export function release(verb: string, host: FakeHost = {}, environment: Record<string, string> = {}) {
  return runScript(
    "nano/deploy.sh",
    [verb],
    {
      SLIPWAY_HOST: "shop/host",
      SLIPWAY_INSTANCE: INSTANCE,
      SLIPWAY_DOCUMENT: "slipway.shop.host",
      SLIPWAY_PARAMETER: "/slipway/shop/host/release",
      SLIPWAY_VERSION: "5",
      SLIPWAY_RELEASE: RELEASE,
      SLIPWAY_DEADLINE: "60",
      SLIPWAY_PAUSE: "0",
      ...environment,
    },
    { aws: aws(host) },
  );
}
