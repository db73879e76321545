import type { CheckName } from "../../db/index.ts";
import type { FindingFact } from "../types.ts";

/** A finding as the table has it. */
export function findingRow(id: string, versionId: string, check: CheckName, one: FindingFact) {
  return {
    id,
    version_id: versionId,
    check_name: check,
    rule: one.rule,
    severity: one.severity,
    message: one.message,
    file: one.file,
    line: one.line,
    column: one.column,
    fix: one.fix ?? null,
  };
}
