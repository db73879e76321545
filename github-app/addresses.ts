/** The two faces of one GitHub: where its API is, and where its repos are cloned from. */
export type Addresses = { readonly api: string; readonly web: string };

/** A repo, as GitHub names it. */
export type Repo = { readonly owner: string; readonly name: string };

/** From the base of the API: `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server. */
export function addressesOf(baseUrl: string): Addresses {
  const url = new URL(baseUrl);
  if (url.hostname === "api.github.com") return { api: baseUrl, web: "https://github.com" };
  return { api: baseUrl, web: url.origin };
}

const NAME = /^[A-Za-z0-9._-]{1,100}$/;

/** The repo that a source's URL leads to, over https or ssh; undefined when it does not live on this GitHub. */
export function repoOf(sourceUrl: string, { web }: Addresses): Repo | undefined {
  const path = pathOn(sourceUrl, new URL(web));
  const [owner = "", name = "", ...more] = (path ?? "").replace(/\.git$/, "").split("/");
  if (more.length > 0 || !NAME.test(owner) || !NAME.test(name)) return undefined;
  return { owner, name };
}

function pathOn(sourceUrl: string, web: URL): string | undefined {
  const short = /^(?:[^@/:]{1,100}@)?([^/:]{1,255}):(?!\/\/)(.{1,400})$/.exec(sourceUrl);
  if (short !== null) return short[1] === web.hostname ? short[2]?.replace(/^\//, "") : undefined;
  if (!URL.canParse(sourceUrl)) return undefined;
  const url = new URL(sourceUrl);
  const isHere =
    url.protocol === "ssh:" ? url.hostname === web.hostname : url.origin === web.origin;
  return isHere ? url.pathname.slice(1) : undefined;
}
