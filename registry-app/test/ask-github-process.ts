// Started by a test, since Node reads these variables when it starts: asks GitHub who the App is.
import { readFileSync } from "node:fs";
import { connectGithub } from "@assay/github-app";

const [api = "", keyFile = ""] = process.argv.slice(2);
const wish = { appId: 77, privateKey: readFileSync(keyFile, "utf8"), api };
const app = await connectGithub(wish, () => Date.now()).app();
const { data } = await app.rest.apps.getAuthenticated();
process.stdout.write(String(data?.slug));
