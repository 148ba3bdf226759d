import type { HostKind } from "../../compose/read-service.ts";
import { importLine } from "./import-line.ts";
import { ownPackage, packageSpec } from "./package-spec.ts";
import { stackClass } from "./stack-code.ts";
import type { WrittenFile } from "./written-file.ts";

/** What every project has around its stack. */
export interface ProjectOptions {
  readonly stack: string;
  readonly host: HostKind;
}

/** Names that other files of a project have. */
const TAKEN = new Set(["main", "index"]);

/** The module of the stack, without its ending. */
export function stackModule(stack: string): string {
  return TAKEN.has(stack) ? `${stack}-stack` : stack;
}

export function projectFiles({ stack, host }: ProjectOptions): WrittenFile[] {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  return [
    { path: "package.json", text: json(packageJson(stack, host)) },
    { path: "tsconfig.json", text: TSCONFIG },
    { path: "cdktf.json", text: json({ ...CDKTF, projectId: stack }) },
    { path: "main.ts", text: mainText(stack) },
    { path: ".gitignore", text: GITIGNORE },
    { path: ".github/workflows/slipway.yml", text: workflow(stack) },
  ];
}

function packageJson(stack: string, host: HostKind): object {
  const { name: own, peerDependencies: peers, devDependencies: tools } = ownPackage();
  const needed = Object.keys(peers).filter((name) => host === "aws" || !name.endsWith("/provider-aws"));
  return {
    name: stack,
    version: "0.1.0",
    private: true,
    scripts: {
      up: "slipway up",
      down: "slipway down",
      test: "node --import tsx --test *.test.ts",
      check: "tsc --noEmit",
    },
    dependencies: Object.fromEntries([
      ...needed.sort().map((name) => [name, peers[name] as string]),
      [own, packageSpec()],
    ]),
    devDependencies: Object.fromEntries(
      ["@types/node", "tsx", "typescript"].map((name) => [name, `^${tools[name] as string}`]),
    ),
  };
}

const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2022",
    "lib": ["es2023"],
    "module": "nodenext",
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "skipLibCheck": true,
    "noEmit": true,
    "types": ["node"]
  },
  "include": ["*.ts"]
}
`;

const CDKTF = {
  language: "typescript",
  app: "node --import tsx main.ts",
  projectId: "",
  sendCrashReports: "false",
  terraformProviders: [],
  terraformModules: [],
  context: {},
};

const GITIGNORE = `node_modules/
cdktf.out/
*.tfstate
*.tfstate.*
.env
*.log
`;

function mainText(stack: string): string {
  const name = stackClass(stack);
  return `${importLine(["App"], "cdktf")}
${importLine([name], `./${stackModule(stack)}`)}

const app = new App();
new ${name}(app, "${stack}");
app.synth();
`;
}

function workflow(stack: string): string {
  return `# Synthesizes and tests every pull request, and says what it changes. It meets no credentials, for it runs the request's code.
name: slipway
on: pull_request
permissions:
  contents: read
jobs:
  review:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-node@v4
        with:
          node-version: 22
      - run: npm ci
      - run: npm run check
      - run: npm test
      - name: synthesize
        run: node --import tsx main.ts
      - name: review
        run: |
          if git cat-file -e "origin/$GITHUB_BASE_REF:./cdktf.json"; then
            npx slipway review ${stack} --base "origin/$GITHUB_BASE_REF" >> "$GITHUB_STEP_SUMMARY"
          fi
`;
}
