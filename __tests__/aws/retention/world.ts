import { expired, type LifecycleRule } from "./ecr-lifecycle.ts";

/** What a history is played under. */
export interface Regime {
  /** The rules of a repository that hosts of these names share. */
  rules(hosts: readonly Host[]): readonly LifecycleRule[];
  /** Whether releases put tags on their images. */
  readonly holds: boolean;
}

/** What happens, one after the other. Numbers are taken modulo what there is. */
export type Event =
  | { readonly kind: "release"; readonly host: number; readonly images: readonly Pick[]; readonly end: Ending }
  | { readonly kind: "rollback"; readonly host: number; readonly back: number }
  | { readonly kind: "again"; readonly host: number }
  | { readonly kind: "others"; readonly repository: number; readonly tagged: boolean }
  | { readonly kind: "days"; readonly days: number };

/** An image of a release: of new content, or of an old one that is pushed again only where it is gone. */
export interface Pick {
  readonly repository: number;
  readonly content?: number;
}

/** `late`: the apply was killed, and the host came to serve it by itself. `lost`: killed, and the host failed. */
export type Ending = "serves" | "fails" | "late" | "lost";

/** A history of hosts that share repositories. */
export interface History {
  readonly keeps: readonly number[];
  readonly events: readonly Event[];
}

interface Stored {
  readonly digest: string;
  readonly content: string;
  readonly pushed: number;
  readonly tags: Set<string>;
}
interface Release {
  readonly version: number;
  readonly images: readonly { readonly repository: number; readonly digest: string }[];
}

/** A host as its ledger, its label and its memory have it. */
export interface Host {
  readonly tag: string;
  readonly keep: number;
  readonly releases: Release[];
  /** Versions in the order in which they went live, the last one first, each once. */
  lived: number[];
  /** Whether the apply of the newest version saw no end. */
  killed: boolean;
}

export const REPOSITORIES = 2;

/** One history as it is played: repositories, hosts, and a clock in days. */
export class World {
  readonly hosts: Host[];
  readonly repositories: Map<string, Stored>[];
  now = 0;
  #pushes = 0;
  readonly #contents: string[] = [];

  constructor(
    readonly id: number,
    readonly history: History,
    private readonly regime: Regime,
  ) {
    this.hosts = history.keeps.map((keep, place) => ({
      ...{ tag: `release-w${id}-h${place}`, keep, releases: [], lived: [], killed: false },
    }));
    this.repositories = Array.from({ length: REPOSITORIES }, () => new Map<string, Stored>());
  }

  /** Plays `event`; returns the host that has come to serve, whose tags may go. */
  play(event: Event): Host | undefined {
    if (event.kind === "days") {
      for (let day = 0; day < event.days; day++) this.#day();
      return undefined;
    }
    if (event.kind === "others") {
      this.#push(event.repository % REPOSITORIES, `other-${this.#pushes}`, event.tagged);
      return undefined;
    }
    const host = this.hosts[event.host % this.hosts.length] as Host;
    if (event.kind === "rollback") return this.#rollback(host, event.back);
    if (event.kind === "again") return this.#again(host);
    return this.#release(host, event.images, event.end);
  }

  /** What a host serves or may go back to and what is not there any more. */
  missing(): string[] {
    return this.hosts.flatMap((host) =>
      host.lived
        .slice(0, host.keep)
        .flatMap((version) =>
          (host.releases[version - 1] as Release).images
            .filter(({ repository, digest }) => !this.repositories[repository]?.has(digest))
            .map(({ digest }) => `${host.tag} version ${version}: ${digest}`),
        ),
    );
  }

  /** The lines that the decision reads for `host`, which serves its newest version. */
  question(host: Host): string[] {
    const lines = this.repositories.flatMap((repository, place) =>
      [...repository.values()].flatMap(({ tags }) => [...tags].map((tag) => `r${place} ${tag}`)),
    );
    return [`host ${host.tag} ${host.lived[0]} ${host.keep}`, ...lines];
  }

  /** As ECR does: an image goes with its last tag. */
  removeTag(place: number, tag: string): void {
    const repository = this.repositories[place] as Map<string, Stored>;
    for (const image of repository.values()) {
      if (image.tags.delete(tag) && image.tags.size === 0) repository.delete(image.digest);
    }
  }

  #release(host: Host, picks: readonly Pick[], end: Ending): Host | undefined {
    const images = picks.map(({ repository, content }) => {
      const known = content === undefined ? undefined : this.#contents[content % Math.max(1, this.#contents.length)];
      if (known === undefined) this.#contents.push(`content-${this.#pushes}`);
      const place = repository % REPOSITORIES;
      return { repository: place, digest: this.#push(place, known ?? (this.#contents.at(-1) as string), true) };
    });
    const before = host.lived[0] ?? 0;
    const version = host.releases.length + 1;
    host.releases.push({ version, images });
    if (this.regime.holds) {
      for (const { repository, digest } of images) {
        this.repositories[repository]?.get(digest)?.tags.add(`${host.tag}.${version}.${before}.0f`);
      }
    }
    host.killed = end === "late" || end === "lost";
    if (end === "serves" || end === "late") this.#serve(host, version);
    return end === "serves" ? host : undefined;
  }

  /** To one of the last releases that were live and are older than what serves; the registry is all that has its images. */
  #rollback(host: Host, back: number): undefined {
    const [live = 0, ...rest] = host.lived.slice(0, host.keep);
    const older = rest.filter((version) => version < live);
    const to = older[back % Math.max(1, older.length)];
    if (to !== undefined) this.#serve(host, to);
  }

  /** The next apply of the same declaration: it confirms what was killed, or tells the host once more. */
  #again(host: Host): Host | undefined {
    const version = host.releases.length;
    const before = host.lived[0] ?? 0;
    if (version === 0 || (!host.killed && before === version)) return undefined;
    if (before !== version && this.regime.holds) {
      const { images } = host.releases[version - 1] as Release;
      // what is gone cannot be held, and the host is not told
      if (images.some(({ repository, digest }) => !this.repositories[repository]?.has(digest))) return undefined;
      for (const { repository, digest } of images) {
        this.repositories[repository]?.get(digest)?.tags.add(`${host.tag}.${version}.${before}.0f`);
      }
    }
    host.killed = false;
    this.#serve(host, version);
    return host;
  }

  #serve(host: Host, version: number): void {
    host.lived = [version, ...host.lived.filter((other) => other !== version)];
  }

  /** The digest of `content`: the one that is there under its tag, or a new one. */
  #push(place: number, content: string, tagged: boolean): string {
    const repository = this.repositories[place] as Map<string, Stored>;
    const there = [...repository.values()].find((image) => image.tags.has(`sha-${content}`));
    if (there) return there.digest;
    this.#pushes++;
    const digest = `d${this.#pushes}`;
    const pushed = this.now + this.#pushes / 1e6;
    repository.set(digest, { digest, content, pushed, tags: new Set(tagged ? [`sha-${content}`] : []) });
    return digest;
  }

  #day(): void {
    this.now++;
    for (const repository of this.repositories) {
      for (const digest of expired(this.regime.rules(this.hosts), [...repository.values()], this.now)) {
        repository.delete(digest);
      }
    }
  }
}
