import { expect, it } from "vitest";
import { encodeUstar } from "../../blobs/index.ts";
import { createTraffic } from "./traffic.ts";

const GUIDE = "Run sh /skill/count.sh with the file's name.";
const SKILL = encodeUstar([
  {
    path: "SKILL.md",
    mode: "100644",
    bytes: Buffer.from(`---\nname: count\ndescription: Counts.\n---\n\n${GUIDE}\n`),
  },
]);

/** One call of a tool and what came of it, as the dialects have them. */
const WIRES: readonly [string, object][] = [
  [
    "Anthropic's messages",
    {
      messages: [
        { role: "user", content: "Count." },
        {
          role: "assistant",
          content: [
            { type: "text", text: "First the skill." },
            { type: "tool_use", id: "t1", name: "Bash", input: { command: "cat SKILL.md" } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "t1", content: [{ type: "text", text: GUIDE }] },
          ],
        },
      ],
    },
  ],
  [
    "chat completions",
    {
      messages: [
        { role: "system", content: "You work." },
        {
          role: "assistant",
          content: null,
          tool_calls: [
            { id: "t1", function: { name: "sh", arguments: '{"command":"cat SKILL.md"}' } },
          ],
        },
        { role: "tool", tool_call_id: "t1", content: GUIDE },
      ],
    },
  ],
  [
    "responses",
    {
      input: [
        { role: "user", content: [{ type: "input_text", text: "Count." }] },
        {
          type: "function_call",
          call_id: "t1",
          name: "shell",
          arguments: '{"command":["bash","-lc","cat SKILL.md"]}',
        },
        { type: "function_call_output", call_id: "t1", output: GUIDE },
      ],
    },
  ],
];

it.each(WIRES)("what an agent does is told by its questions, written as %s", (_, question) => {
  const traffic = createTraffic("Count.", SKILL);
  traffic.read(question);
  // The next question repeats the conversation.
  traffic.read(question);
  expect([traffic.commands, traffic.toolCalls(), traffic.isSkillRead()]).toEqual([
    ["cat SKILL.md"],
    1,
    true,
  ]);
  expect(traffic.transcript()).toBe(`user: Count.\n\n$ cat SKILL.md\n\n${GUIDE}`);
});

it("a tool that runs no command is told by its name, and the skill's own words in the task are no reading", () => {
  const traffic = createTraffic("Count.", SKILL);
  const call = { type: "tool_use", id: "t1", name: "Glob", input: { pattern: "*.md" } };
  traffic.read({ messages: [{ role: "user", content: GUIDE }, { content: [call] }] });
  expect([traffic.commands, traffic.isSkillRead()]).toEqual([['Glob {"pattern":"*.md"}'], false]);
});

it.each([
  ["nothing", undefined],
  ["a text", "messages"],
  ["lists of other things", { messages: [null, 1, [[]], { content: [null, {}] }], input: "x" }],
  ["calls of no form", { messages: [{ content: [{ type: "tool_use", id: 7 }] }] }],
])("%s is looked at without harm", (_, question) => {
  const traffic = createTraffic("Count.", null);
  traffic.read(question);
  expect([traffic.toolCalls(), traffic.isSkillRead()]).toEqual([0, false]);
});

it("what is kept of endless questions is bounded", () => {
  const traffic = createTraffic("Count.", SKILL);
  for (let round = 0; round < 20; round += 1) {
    const content = Array.from({ length: 400 }, (_, n) => ({
      type: "tool_use",
      id: `${round}-${n}`,
      name: "Bash",
      input: { command: "true" },
    }));
    traffic.read({ messages: [{ content }] });
  }
  expect(traffic.toolCalls()).toBe(2_000);
});
