import { performance } from "node:perf_hooks";
import { git, judgeOf, serveRepos } from "../test/git-hosting.ts";

/**
 * What the hooks cost a push: the same push (a branch and two tags) by stock git to the same server, judged and with
 * judging off, in interleaved pairs. Usage: node registry-app/bench/push-judging.ts [pairs]
 */
const pairs = Number(process.argv[2] ?? 20);
const repos = await serveRepos({
  onPush: (repo) => (repo === "judged.git" ? judgeOf() : "judging off"),
});
const names = ["off", "judged"] as const;
const works: Record<string, string> = {};
for (const name of names) {
  works[name] = await repos.makeWork(name, await repos.makeBare(`${name}.git`));
}

async function pushOnce(name: string, round: number): Promise<number> {
  const work = works[name] ?? "";
  await git(work, "commit", "-q", "--allow-empty", "-m", `feat: ${round}`);
  const tags = [`a--v1.0.${round}`, `b--v1.0.${round}`];
  for (const tag of tags) await git(work, "tag", "-a", "-m", tag, tag);
  const from = performance.now();
  const pushed = await git(work, "push", "-q", "origin", "main", ...tags);
  if (pushed.code !== 0) throw new Error(pushed.stderr);
  return performance.now() - from;
}

const took: Record<string, number[]> = { off: [], judged: [] };
for (let round = 0; round < pairs; round += 1) {
  for (const name of round % 2 === 0 ? names : names.toReversed()) {
    took[name]?.push(await pushOnce(name, round));
  }
}
const at = (name: string, part: number) => {
  const sorted = (took[name] ?? []).toSorted((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length * part)] ?? 0) * 10) / 10;
};
const p50 = { off: at("off", 0.5), judged: at("judged", 0.5) };
took["slower"] = (took["off"] ?? []).map((off, pair) => (took["judged"]?.[pair] ?? 0) - off);
console.log(
  JSON.stringify({
    pairs,
    p50Ms: p50,
    p90Ms: { off: at("off", 0.9), judged: at("judged", 0.9) },
    slowerMs: { p50: p50.judged - p50.off, p50OfPairs: at("slower", 0.5) },
  }),
);
await repos.close();
