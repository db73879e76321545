import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openGithubEnterprise, type GithubEnterprise } from "./fakes/github-enterprise.ts";
import { createForge, skillMd, type Forge } from "./forge.ts";
import { makeSigner, type Signer } from "./forge-keys.ts";
import { createWorld, type World } from "./world.ts";

export type GithubWorld = {
  readonly github: GithubEnterprise;
  readonly world: World;
  readonly forge: Forge;
  /** May sign for the team acme. */
  readonly ann: Signer;
  /** The repo acme/skills, which the source `skills` of the team acme follows. */
  readonly bare: string;
  /** Commits a skill anew and pushes it with a tag, signed by ann unless said otherwise; null: lightweight. */
  release(skill: string, version: string, signer?: Signer | null): Promise<string>;
  /** The law as it is, with this line more in the file of the source. */
  wish(line: string): Promise<void>;
  close(): Promise<void>;
};

/** A registry with the App of a fake GitHub, and one source that lives there. */
export async function createGithubWorld(
  options: {
    env?: Record<string, string>;
    dockerHost?: string;
    /** What the App may do beside the least. */
    rights?: Record<string, string>;
    /** Sets the fake up before the registry starts. */
    prepare?: (github: GithubEnterprise) => void;
  } = {},
): Promise<GithubWorld> {
  const ann = makeSigner("ann@example.test");
  const github = await openGithubEnterprise(options.rights);
  options.prepare?.(github);
  const bare = join(github.repos.root, "bare", "skills.git");
  const keyFile = join(github.repos.root, "app.pem");
  await writeFile(keyFile, github.privateKey, { mode: 0o600 });
  const world = await createWorld({
    gitHosts: github.url,
    env: {
      GITHUB_BASE_URL: github.api,
      GITHUB_APP_ID: String(github.appId),
      GITHUB_APP_PRIVATE_KEY_FILE: keyFile,
      ...options.env,
    },
    ...(options.dockerHost !== undefined && { dockerHost: options.dockerHost }),
    toleratesErrors: true,
  });
  const forge = await createForge();
  await world.addTeam("acme", ann);
  await forge.commit({ "skills/first/SKILL.md": skillMd("first") });
  await github.repos.makeBare("skills.git");
  await forge.push(bare, "main");
  const url = `${github.url}/acme/skills.git`;
  await world.addSource({ slug: "skills", team: "acme", visibility: "public", url });
  await world.sync("skills");
  return {
    github,
    world,
    forge,
    ann,
    bare,
    async release(skill, version, signer = ann) {
      const text = skillMd(skill, `Version ${version}.\n`);
      const message = `feat: the sums of ${version}`;
      await forge.commit({ [`skills/${skill}/SKILL.md`]: text }, { message });
      const tag = `${skill}--v${version}`;
      await (signer === null ? forge.git("tag", tag) : forge.tag(tag, { signer }));
      await forge.push(bare, "main", tag);
      return tag;
    },
    wish: (line) =>
      world.change((files) => {
        const path = "sources/skills.yaml";
        const before = files.get(path)?.toString() ?? "";
        return new Map(files).set(path, Buffer.from(`${before}${line}\n`));
      }),
    async close() {
      await world.close();
      await forge.remove();
      await github.close();
    },
  };
}
