import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { isThere, listQuoted, readDoc } from "./read-docs.ts";

const versions = z.record(z.string(), z.string()).default({});
const manifest = z.object({
  dependencies: versions,
  devDependencies: versions,
  optionalDependencies: versions,
  scripts: versions,
  exports: versions,
});
const MANIFESTS = ["package.json", "registry-app/package.json", "site/package.json"];
const read = (path: string) => manifest.parse(JSON.parse(readDoc(path)));

describe("package.json", () => {
  it.each(MANIFESTS)("pins every package to one version in %s", (path) => {
    const { dependencies, devDependencies, optionalDependencies } = read(path);
    const all = { ...dependencies, ...devDependencies, ...optionalDependencies };
    expect(Object.keys(all).length).toBeGreaterThan(0);
    const loose = Object.entries(all).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it("opens only doors that exist", () => {
    const doors = Object.values(read("registry-app/package.json").exports);
    expect(doors.length).toBeGreaterThan(0);
    expect(doors.filter((door) => !isThere(`registry-app/${door}`))).toEqual([]);
  });

  it("has the npm commands that README and CONTRIBUTING name", () => {
    const named = [readDoc("README.md"), readDoc("CONTRIBUTING.md")]
      .flatMap(listQuoted)
      .flatMap((text) => /^npm (?:run )?([\w:-]+)$/.exec(text)?.[1] ?? []);
    expect(named).toContain("start");
    const scripts = read("package.json").scripts;
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe("docker-compose.yml", () => {
  const service = z.object({
    image: z.string(),
    command: z.array(z.string()).optional(),
    depends_on: z.record(z.string(), z.unknown()).default({}),
    volumes: z.array(z.string()).default([]),
    ports: z.array(z.string()).default([]),
    user: z.string().optional(),
  });
  const compose = z
    .object({
      services: z.record(z.string(), service),
      volumes: z.record(z.string(), z.unknown()),
    })
    .parse(parse(readDoc("docker-compose.yml"), { merge: true, uniqueKeys: true }));
  const services = Object.entries(compose.services);

  it("runs the production processes, each a command that there is", () => {
    expect(Object.keys(compose.services).toSorted()).toEqual([
      "check-worker",
      "github-app",
      "migrate",
      "postgres",
      "redis",
      "serve",
      "worker",
    ]);
    const commands = services
      .filter(([, one]) => one.image.startsWith("assay"))
      .map(([, one]) => one.command?.[0] ?? "");
    expect(commands.toSorted()).toEqual([
      "check-worker",
      "github-app",
      "migrate",
      "serve",
      "worker",
    ]);
    const known = readDoc("registry-app/bin/assay.ts");
    const isKnown = (name: string) =>
      known.includes(`  ${name}: `) || known.includes(`  "${name}": `);
    expect(commands.filter((name) => !isKnown(name))).toEqual([]);
  });

  it("names only services and volumes that it has", () => {
    const wanted = services.flatMap(([, one]) => Object.keys(one.depends_on));
    expect(wanted.filter((name) => !(name in compose.services))).toEqual([]);
    const mounted = services.flatMap(([, one]) =>
      one.volumes.map((text) => text.split(":")[0] ?? ""),
    );
    const isOfHost = (name: string) => /^\$\{(?:DOCKER_SOCKET|GITHUB_APP_KEY):/.test(`${name}:`);
    expect(mounted.filter((name) => !isOfHost(name) && !(name in compose.volumes))).toEqual([]);
  });

  it("gives Docker's socket to the process that needs it, and to that one no repo and no key", () => {
    const withSocket = services.filter(([, one]) =>
      one.volumes.some((text) => text.includes("docker.sock")),
    );
    expect(withSocket.map(([name]) => name)).toEqual(["check-worker"]);
    expect(withSocket.flatMap(([, one]) => one.volumes)).not.toContain("assay:/var/lib/assay");
  });

  it("gives the App's key to the process that reports, and to that one no file of the registry", () => {
    const withKey = services.filter(([, one]) =>
      one.volumes.some((text) => text.includes("GITHUB_APP_KEY")),
    );
    expect(withKey.map(([name]) => name)).toEqual(["github-app"]);
    expect(withKey.flatMap(([, one]) => one.volumes)).toHaveLength(1);
  });

  it("opens one port, on the loopback of the host", () => {
    const ports = services.flatMap(([, one]) => one.ports);
    expect(ports).toHaveLength(1);
    expect(ports[0]).toMatch(/^127\.0\.0\.1:/);
  });
});

describe("Dockerfile", () => {
  it("copies and runs only what is there, and not as root", () => {
    const text = readDoc("Dockerfile");
    const paths = [...text.matchAll(/\b(?:registry-app|scripts|site)\/[\w./-]+/g)].map(
      ([path]) => path,
    );
    expect(paths.filter((path) => !isThere(path))).toEqual([]);
    expect(text).toMatch(/^USER (?!root)\w+$/m);
    expect(readDoc(".dockerignore").split("\n")).toContain("**/node_modules");
  });
});
