import { rm } from "node:fs/promises";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { MIGRATIONS } from "../migrations/index.ts";
import { migrate, startEmbedded } from "../src/db/index.ts";
import { migrateQueue } from "../src/queue/index.ts";
import { silentLog, systemIds } from "../src/runtime/index.ts";
import { makeTemporaryFolder } from "./temporary-folder.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The owner's URL of the server of this run. */
    clusterUrl: string;
    /** The migrated database that each test file copies. */
    templateName: string;
  }
}

/** Durability is for data that outlives the run. */
const FAST = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

/** One Postgres for the whole run (or DATABASE_URL), with one migrated template database to copy. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env["DATABASE_URL"];
  const { url, stop } = given
    ? { url: given, stop: async () => undefined }
    : await startTemporary();
  const templateName = `assay_template_${process.pid}`;
  await runAsOwner(url, `DROP DATABASE IF EXISTS ${templateName}`);
  await runAsOwner(url, `CREATE DATABASE ${templateName}`);
  const template = new URL(url);
  template.pathname = `/${templateName}`;
  await migrate({
    url: template.href,
    log: silentLog,
    migrations: MIGRATIONS,
    after: [migrateQueue],
  });
  project.provide("clusterUrl", url);
  project.provide("templateName", templateName);
  return async () => {
    await runAsOwner(url, `DROP DATABASE IF EXISTS ${templateName} WITH (FORCE)`);
    await stop();
  };
}

async function startTemporary(): Promise<{ url: string; stop: () => Promise<void> }> {
  const dir = await makeTemporaryFolder("assay-test-");
  const server = await startEmbedded({ dir, log: silentLog, ids: systemIds, settings: FAST });
  const stop = async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}

async function runAsOwner(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
