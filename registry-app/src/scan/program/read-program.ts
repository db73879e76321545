import type { Program, ProgramLanguage } from "./ir.ts";
import { lowerPython } from "./lower-python.ts";
import { lowerScript } from "./lower-javascript.ts";
import { lowerPowershell } from "./lower-powershell.ts";
import { lowerShell } from "./lower-shell.ts";
import type { OperationTable } from "./operations.ts";
import type { Grammars } from "./parsers.ts";
import { POWERSHELL_OPERATIONS } from "./powershell-operations.ts";
import { PYTHON_OPERATIONS } from "./python-operations.ts";
import { SCRIPT_OPERATIONS } from "./javascript-operations.ts";
import { SHELL_OPERATIONS } from "./shell-operations.ts";
import { traceProgram, type Trace, type Where } from "./trace.ts";

/**
 * Reads a text as a program of `language` and says what it does: its facts, and the programs that it holds. Never
 * throws, whatever the text; `isWhole` is false when a part of it was not understood or was too long.
 */
export function readProgram(
  grammars: Grammars,
  language: ProgramLanguage,
  text: string,
  where: Where,
): Trace {
  const [program, table] = lower(grammars, language, text);
  return traceProgram(program, table, where);
}

function lower(
  grammars: Grammars,
  language: ProgramLanguage,
  text: string,
): readonly [Program, OperationTable] {
  switch (language) {
    case "shell":
      return [lowerShell(text), SHELL_OPERATIONS];
    case "powershell":
      return [lowerPowershell(text), POWERSHELL_OPERATIONS];
    case "python":
      return [lowerPython(grammars, text), PYTHON_OPERATIONS];
    case "javascript":
    case "typescript":
      return [lowerScript(grammars, text), SCRIPT_OPERATIONS];
  }
}
