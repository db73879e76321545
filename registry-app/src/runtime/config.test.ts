import { describe, expect, it } from "vitest";
import { readConfig } from "./config.ts";

describe("the configuration", () => {
  it("needs nothing: a laptop gets loopback, port 4321 and a home of its own", () => {
    const config = readConfig({ XDG_DATA_HOME: "/data" }, false);
    expect(config).toMatchObject({
      host: "127.0.0.1",
      port: 4321,
      home: "/data/assay",
      demo: false,
    });
    expect(readConfig({}, true).home).toBe("/var/lib/assay");
  });

  it("takes an empty variable for an absent one", () => {
    expect(readConfig({ PORT: "", DATABASE_URL: "" }, true)).toMatchObject({ port: 4321 });
  });

  it.each([
    [{ PORT: "http" }, "PORT"],
    [{ PORT: "70000" }, "PORT"],
    [{ DATABASE_URL: "mysql://x/y" }, "DATABASE_URL"],
    [{ REDIS_URL: "http://x" }, "REDIS_URL"],
    [{ PUBLIC_URL: "ftp://x" }, "PUBLIC_URL"],
    [{ ASSAY_DEMO: "yes" }, "ASSAY_DEMO"],
    [{ LOG_LEVEL: "loud" }, "LOG_LEVEL"],
  ])("names the variable that is wrong: %o", (env, name) => {
    expect(() => readConfig(env, true)).toThrow(name);
  });

  it("drops the slash at the end of PUBLIC_URL, since paths are put behind it", () => {
    expect(readConfig({ PUBLIC_URL: "https://skills.example/" }, true).publicUrl).toBe(
      "https://skills.example",
    );
  });
});
