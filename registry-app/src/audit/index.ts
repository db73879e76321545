/** Who did what to what, and when: append-only, written in the transaction of the change itself. */
export {
  listAudit,
  record,
  type AuditEntry,
  type AuditFilter,
  type NewAuditEntry,
} from "./store.ts";
