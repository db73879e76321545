const SKILL = `---
name: hello
description: Greet somebody by name in their own language. Use when the user asks for a greeting or wants to see that skills work.
license: MIT
---

# Hello

1. Find out whom to greet. If no name is given, ask for it.
2. Pick the language in which the user writes.
3. Run \`scripts/greet.sh NAME\` for an English greeting; translate it when the language is another.
4. Answer with the greeting alone.
`;

const GREET = `#!/bin/sh
# Prints one greeting; the name is data and never run.
printf 'Hello, %s!\\n' "\${1:-you}"
`;

const EVALS = {
  version: 1,
  skill_name: "hello",
  evals: [
    {
      id: "greets-by-name",
      run: ["sh", "/skill/scripts/greet.sh", "Ada"],
      expect: { exit_code: 0, stdout: { equals: "Hello, Ada!\n" } },
    },
    {
      id: "asks-for-nothing",
      run: ["sh", "/skill/scripts/greet.sh"],
      expect: { exit_code: 0, stdout: { contains: "Hello" } },
    },
    {
      id: "in-their-language",
      prompt: "Saluda a Ada, por favor.",
      expected_output: "One Spanish greeting that names Ada.",
    },
  ],
};

const WORKFLOW = `# Judges every skill of this repo as the registry would, before anybody tags it. No registry is asked.
# Set the repository variable ASSAY_REPOSITORY (owner/name) to a copy of Assay that this workflow may read, and
# ASSAY_REF to the tag or, better, the commit of it that you have looked at; without one it is the default branch.
name: check
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  check:
    if: vars.ASSAY_REPOSITORY != ''
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v4
        with:
          path: source
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/checkout@v4
        with:
          repository: \${{ vars.ASSAY_REPOSITORY }}
          ref: \${{ vars.ASSAY_REF }}
          path: assay
          sparse-checkout: actions
          persist-credentials: false
      - uses: ./assay/actions/check
        with:
          path: source
          fail-on: warn
`;

const README = `# Agent Skills

Each folder below \`skills/\` is a skill: \`skills/NAME/SKILL.md\` or \`skills/GROUP/NAME/SKILL.md\`.

Publish a version with a signed tag, \`NAME--vVERSION\`:

    git config gpg.format ssh
    git config user.signingkey ~/.ssh/id_ed25519
    git tag -s hello--v1.0.0 -m hello--v1.0.0
    git push origin main hello--v1.0.0

The push prints whether the registry accepts the tag and, if not, the command that mends it.
A version never changes once it is accepted; what comes next gets the next number.

\`evals/evals.json\` of a skill holds its test cases. \`.github/workflows/check.yml\` judges every skill
in pull requests once the repository variable ASSAY_REPOSITORY names a copy of Assay (and ASSAY_REF the
commit of it to use).
`;

/** The files of a new source repo: path and text. */
export const SCAFFOLD: ReadonlyMap<string, string> = new Map([
  ["README.md", README],
  [".github/workflows/check.yml", WORKFLOW],
  ["skills/hello/SKILL.md", SKILL],
  ["skills/hello/scripts/greet.sh", GREET],
  ["skills/hello/evals/evals.json", `${JSON.stringify(EVALS, null, 2)}\n`],
]);
