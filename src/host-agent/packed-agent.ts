import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { type ArchivedFile, ustar } from "./ustar.ts";

/** The agent of a host as one file. */
export interface AgentArtifact {
  /** Of the archive before it is compressed, 64 hexadecimal digits. */
  readonly sha256: string;
  /** The archive, gzip's format around it. */
  readonly bytes: Buffer;
}

/** What a clone made is kept below its own folder. */
const CACHE = join(__dirname, "../../.slipway");
const BEST = 9;

/**
 * The agent of one kind of host. Why its hash is that of the archive, not of what is compressed: two machines may
 * compress one archive into different bytes, and that must not be another agent.
 */
export class PackedAgent {
  private known?: AgentArtifact;

  /**
   * @param packed where the package has it; a clone has none
   * @param files what is in it
   */
  constructor(
    private readonly packed: string,
    private readonly files: () => ArchivedFile[],
  ) {}

  /** The agent that this Slipway's releases are made for. */
  get artifact(): AgentArtifact {
    this.known ??= existsSync(this.packed) ? read(this.packed) : cached(ustar(this.files()));
    return this.known;
  }

  /** The archive as it is before it is compressed: the same bytes on every machine. */
  get archive(): Buffer {
    return gunzipSync(this.artifact.bytes);
  }

  /** Writes the artifact beside the compiled module, as a package carries it. */
  pack(): void {
    writeFileSync(this.packed, gzipSync(ustar(this.files()), { level: BEST }));
  }
}

function read(file: string): AgentArtifact {
  const bytes = readFileSync(file);
  return { sha256: sha256(gunzipSync(bytes)), bytes };
}

function cached(archive: Buffer): AgentArtifact {
  const hash = sha256(archive);
  const file = join(CACHE, `agent-${hash}.tar.gz`);
  if (existsSync(file)) return { sha256: hash, bytes: readFileSync(file) };
  const bytes = gzipSync(archive, { level: BEST });
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, bytes);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // a folder that cannot be written costs the time that it takes to compress
  }
  return { sha256: hash, bytes };
}

function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
