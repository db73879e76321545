// Started by a benchmark as a process of its own, so that its work is not ours: a GitHub until SIGTERM.
import { openGithubEnterprise } from "./fakes/github-enterprise.ts";

const github = await openGithubEnterprise();
const { url, repos } = github;
process.stdout.write(`${JSON.stringify({ url, root: repos.root })}\n`);
process.once("SIGTERM", () => void github.close());
