/** All that was said and done, as text for graders and people. */
export type Transcript = {
  add(who: "user" | "agent" | "runs" | "got", text: string): void;
  text(): string;
};

const MAX_LENGTH = 512 * 1024;
const MARKS = { user: "user: ", agent: "agent: ", runs: "$ ", got: "" } as const;

/** Keeps the beginning, up to a bound. */
export function createTranscript(): Transcript {
  const parts: string[] = [];
  let left = MAX_LENGTH;
  return {
    add(who, text) {
      if (text === "" || left <= 0) return;
      const part = `${MARKS[who]}${text}`;
      parts.push(part.length > left ? `${part.slice(0, left).toWellFormed()}\n… (cut)` : part);
      left -= part.length;
    },
    text: () => parts.join("\n\n"),
  };
}
