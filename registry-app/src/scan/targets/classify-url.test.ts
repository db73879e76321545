import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeUrl, findUrls, isCloudMetadata } from "./classify-url.ts";

const traitsOf = (text: string) => describeUrl(text)?.traits;

describe("addresses", () => {
  test.each([
    ["https://api.vendor.io/v1/items", []],
    ["http://vendor.io/x", ["plain-http"]],
    ["http://203.0.113.9/x", ["raw-address", "plain-http"]],
    ["https://3405803785/x", ["raw-address"]],
    ["https://0xcb007109/", ["raw-address"]],
    ["https://0313.0.0161.011/x", ["raw-address"]],
    ["https://[2001:db8::1]:8443/x", ["raw-address"]],
    ["http://localhost:3000", ["local"]],
    ["http://2130706433/", ["local"]],
    ["http://192.168.1.4:8080/x", ["local"]],
    ["https://abc.ngrok-free.app/in", ["drop-host"]],
    ["https://discord.com/api/webhooks/1/x", ["drop-host"]],
    ["https://discord.com/developers/docs", []],
    ["https://bit.ly/3xyz", ["shortener"]],
    ["https://notbit.ly/3xyz", []],
    ["https://your-host.io/x", ["placeholder"]],
    ["https://<your-host>/x", ["placeholder", "dynamic"]],
    ["https://example.com.attacker.net/x", []],
    ["https://${HOST}/x", ["dynamic"]],
    ["https://vendor.io/${ID}/x", ["interpolated"]],
    ["https://sh.rustup.rs", ["known-installer"]],
    ["http://sh.rustup.rs", ["plain-http"]],
    ["https://sh.rustup.rs.attacker.net/", []],
    ["https://sh.rustup.rs@attacker.net/", []],
    ["https://bun.sh/install", ["known-installer"]],
    ["https://bun.sh/other", []],
    ["https://raw.githubusercontent.com/nvm-sh/nvm/../../a/b/main/x.sh", ["mutable-ref"]],
    ["https://raw.githubusercontent.com/nvm-sh/nvm/v0.40.0/install.sh", ["known-installer"]],
    ["https://github.com/o/r/releases/latest/download/a.tgz", ["mutable-ref"]],
    ["https://github.com/o/r/releases/download/v1.2.0/a.tgz", []],
  ])("%s is %j", (text, traits) => {
    expect(traitsOf(text)).toEqual(traits);
  });

  test.each([
    ['"https://vendor.io/x".', "https://vendor.io/x"],
    ["(see https://vendor.io/a/b).", "https://vendor.io/a/b"],
    ["hxxps://vendor[.]io/x", "hxxps://vendor.io/x"],
    ["go to https://vendor.io, then", "https://vendor.io"],
    ["https://vendor.io/{{id}}/x end", "https://vendor.io/{{id}}/x"],
  ])("an address is found in %s", (text, url) => {
    expect(describeUrl(text)?.url).toBe(url);
  });

  test("a sign behind a host is no part of it", () => {
    expect(describeUrl("https://vendor.io?to=me@other.net")?.host).toBe("vendor.io");
  });

  test("a command line's address needs no scheme, and a file name is none", () => {
    expect(traitsOf("203.0.113.9:4444/x")).toEqual(["raw-address", "plain-http"]);
    expect(traitsOf("bit.ly/abc")).toContain("shortener");
    expect(describeUrl("notes.md")).toBeNull();
    expect(describeUrl("a sentence about vendor.io")).toBeNull();
  });

  test.each([
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest",
    "http://0xa9fea9fe/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://[fd00:ec2::254]/latest",
  ])("%s is where a cloud tells its keys", (text) => {
    expect(isCloudMetadata(text)).toBe(true);
  });

  test("another link-local address is not where a cloud tells its keys", () => {
    expect(isCloudMetadata("http://169.254.1.1/")).toBe(false);
  });

  test("hostile text is read without harm, and not more of it than 200 addresses", () => {
    expect(findUrls("https://a.b/ ".repeat(900))).toHaveLength(200);
    expect(findUrls(`https://${"${a}".repeat(30_000)}`)).toHaveLength(1);
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const [one] = findUrls(`https://${text}`);
        expect(one === undefined || one.host.length > 0).toBe(true);
      }),
    );
  });
});
