import { createHash } from "node:crypto";
import type { InputFile } from "../types.ts";
import type { Honeytoken } from "./types.ts";

export type Honey = {
  readonly tokens: readonly Honeytoken[];
  /** Below the home folder. */
  readonly files: readonly InputFile[];
  readonly env: Readonly<Record<string, string>>;
};

export const HOME = "/home";

const FILES: Readonly<Record<string, (canary: string) => string>> = {
  ".aws/credentials": (canary) =>
    `[default]\naws_access_key_id = AKIA${canary.slice(0, 16).toUpperCase()}\naws_secret_access_key = ${canary}\n`,
  ".ssh/id_ed25519": (canary) =>
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${canary}\n-----END OPENSSH PRIVATE KEY-----\n`,
  ".netrc": (canary) => `machine git.example login deploy password ${canary}\n`,
  ".kube/config": (canary) =>
    `apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    token: ${canary}\n`,
};
const VARIABLES = ["GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "OPENAI_API_KEY"];

/** False secrets, each with a mark of its own that is found again wherever it turns up. */
export function makeHoney(newId: () => string): Honey {
  const mark = () => createHash("sha256").update(newId()).digest("hex").slice(0, 24);
  const files = Object.entries(FILES).map(([path, write]) => {
    const canary = mark();
    return { path, canary, content: Buffer.from(write(canary)), isExecutable: false };
  });
  const variables = VARIABLES.map((name) => ({ place: `$${name}`, name, canary: mark() }));
  return {
    tokens: [
      ...files.map(({ path, canary }) => ({ place: `${HOME}/${path}`, canary })),
      ...variables.map(({ place, canary }) => ({ place, canary })),
    ],
    files: files.map(({ path, content, isExecutable }) => ({ path, content, isExecutable })),
    env: Object.fromEntries(variables.map(({ name, canary }) => [name, canary])),
  };
}
