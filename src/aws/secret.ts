import { Secret as DeployerSecret, secretVersion } from "../hosts/secret.ts";
import { isReference } from "../terraform/reference.ts";
import { InvalidValueError } from "../values/invalid-value-error.ts";
import { refuseUnknownOptions } from "../values/known-options.ts";
import type { AwsAccount } from "./aws-account.ts";
import type { PolicyStatement } from "./iam-policy.ts";

/** How a service gets a secret. */
export interface SecretOptions {
  /** The key to take, where the secret is a JSON object. @default - the whole secret */
  readonly key?: string;
  /**
   * As a variable, which Docker keeps among its own files until the container goes, or as the file
   * `/run/secrets/NAME`, which is in memory only.
   * @default "env"
   */
  readonly as?: "env" | "file";
  /**
   * What is there by now, in words of one's own: raise it after a rotation, and whoever uses it gets a new container, which
   * reads what is there then. @default - what a container got stays as it is
   */
  readonly version?: number | string;
  /** The ARN of the KMS key that it is encrypted with. @default - the account's own key */
  readonly kmsKeyArn?: string;
}

const PARAMETER = /^\/?[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*$/;
const SECRET = /^[A-Za-z0-9/_+=.@-]+$/;
const PARAMETER_ARN = /^arn:[a-z-]+:ssm:[a-z0-9-]+:\d{12}:parameter\/\S+$/;
const SECRET_ARN = /^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+$/;

/** How each kind of secret is declared. */
export const SECRET_KINDS = {
  parameter: "Secret.fromParameter",
  "secrets-manager": "Secret.fromSecretsManager",
} as const;

/** Where a host finds a secret that one of its services needs; what it holds never passes here. */
export class Secret extends DeployerSecret {
  /** A parameter of Systems Manager, by its name or ARN. @throws InvalidValueError */
  static fromParameter(id: string, options: SecretOptions = {}): Secret {
    return new Secret("parameter", checked("parameter", id, PARAMETER, PARAMETER_ARN), options);
  }

  /** A secret of Secrets Manager, by its name or ARN; the ARN may be a reference. @throws InvalidValueError */
  static fromSecretsManager(id: string, options: SecretOptions = {}): Secret {
    return new Secret("secrets-manager", checked("secret", id, SECRET, SECRET_ARN), options);
  }

  private constructor(
    private readonly kind: keyof typeof SECRET_KINDS,
    private readonly id: string,
    private readonly options: SecretOptions,
  ) {
    refuseUnknownOptions("secret", options, { key: true, as: true, version: true, kmsKeyArn: true });
    const { key, as, version } = options;
    super({
      kind,
      id,
      ...(key === undefined ? {} : { key }),
      ...(as === undefined ? {} : { as }),
      ...secretVersion(version),
    });
  }

  /** What the host's role must be allowed. */
  permissions(account: AwsAccount): PolicyStatement[] {
    const { kmsKeyArn } = this.options;
    const reads: PolicyStatement =
      this.kind === "parameter"
        ? { sid: "SsmGetParameter", actions: ["ssm:GetParameter"], resources: [this.arn(account)] }
        : {
            sid: "SecretsManagerGetSecretValue",
            actions: ["secretsmanager:GetSecretValue"],
            resources: [this.arn(account)],
          };
    if (kmsKeyArn === undefined) return [reads];
    return [reads, { sid: "KmsDecrypt", actions: ["kms:Decrypt"], resources: [kmsKeyArn] }];
  }

  private arn(account: AwsAccount): string {
    if (isReference(this.id) || this.id.startsWith("arn:")) return this.id;
    return this.kind === "parameter"
      ? account.arn("ssm", `parameter/${this.id.replace(/^\//, "")}`)
      : // Secrets Manager puts a dash and six characters of its own behind the name.
        account.arn("secretsmanager", `secret:${this.id}-??????`);
  }
}

function checked(subject: string, id: string, name: RegExp, arn: RegExp): string {
  if (typeof id === "string" && (isReference(id) || arn.test(id) || name.test(id))) return id;
  const remedy = subject === "parameter" ? 'write it like "/shop/db-password"' : 'write it like "shop/db-password"';
  throw new InvalidValueError({ subject, rule: "must be a name or an ARN", got: id, remedy });
}
