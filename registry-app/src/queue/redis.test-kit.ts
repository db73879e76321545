import { Redis } from "ioredis";

const REDIS_URL = process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379";
/** What every Redis has unless it was told otherwise; the first is everybody's. */
const DATABASES = 16;
const TAKEN = "taken-by-a-test";
/** Longer than any test; one that was killed gives its place back by then. */
const TAKEN_S = 900;

export type TestRedis = {
  /** Of an empty database that no other test uses. */
  readonly url: string;
  close(): Promise<void>;
};

/** A database of a running Redis for one test: the product's keys are the same everywhere, so that two would mix. */
export async function takeRedis(): Promise<TestRedis> {
  for (let index = 1; index < DATABASES; index += 1) {
    const url = new URL(REDIS_URL);
    url.pathname = `/${index}`;
    const redis = new Redis(url.href);
    const take = () => redis.set(TAKEN, process.pid, "EX", TAKEN_S, "NX");
    if ((await take()) === "OK") {
      for (const key of await redis.keys("*")) if (key !== TAKEN) await redis.del(key);
      const close = async () => {
        await redis.flushdb();
        await redis.quit();
      };
      return { url: url.href, close };
    }
    await redis.quit();
  }
  throw new Error("every database of this Redis is taken by another test");
}
