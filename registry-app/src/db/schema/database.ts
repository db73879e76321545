import type { EvalQueuesTable, EvalResultsTable } from "./evals.ts";
import type {
  GithubLinksTable,
  GithubMembersTable,
  GithubTeamsTable,
  OwnerReviewsTable,
} from "./github.ts";
import type { TeamMembersTable, TeamsTable, TokensTable, UsersTable } from "./people.ts";
import type {
  AuditLogTable,
  DeadLettersTable,
  DownloadEventsTable,
  HostAsksTable,
  HostHealthTable,
  HostRedeliveriesTable,
  HostReleasesTable,
  HostReportsTable,
  LawMemoryTable,
  LogEntriesTable,
  PullLooksTable,
  PullsTable,
} from "./records.ts";
import type { ObservationsTable, ScanRolloutsTable, SecurityScansTable } from "./scans.ts";
import type {
  ChecksTable,
  FindingsTable,
  SkillFilesTable,
  SkillVersionsTable,
  SkillsTable,
} from "./skills.ts";
import type {
  AlertsTable,
  CommitsTable,
  DeliveriesTable,
  LooksTable,
  SourceCredentialsTable,
  SourcesTable,
  TagsTable,
} from "./sources.ts";

/** Every table by its name. The migrations say the same in SQL. */
export interface Database {
  alerts: AlertsTable;
  audit_log: AuditLogTable;
  checks: ChecksTable;
  commits: CommitsTable;
  dead_letters: DeadLettersTable;
  deliveries: DeliveriesTable;
  download_events: DownloadEventsTable;
  eval_queues: EvalQueuesTable;
  eval_results: EvalResultsTable;
  findings: FindingsTable;
  github_links: GithubLinksTable;
  github_members: GithubMembersTable;
  github_teams: GithubTeamsTable;
  host_reports: HostReportsTable;
  host_releases: HostReleasesTable;
  host_asks: HostAsksTable;
  host_health: HostHealthTable;
  host_redeliveries: HostRedeliveriesTable;
  law_memory: LawMemoryTable;
  log_entries: LogEntriesTable;
  looks: LooksTable;
  observations: ObservationsTable;
  owner_reviews: OwnerReviewsTable;
  pull_looks: PullLooksTable;
  pulls: PullsTable;
  scan_rollouts: ScanRolloutsTable;
  security_scans: SecurityScansTable;
  skill_files: SkillFilesTable;
  skill_versions: SkillVersionsTable;
  skills: SkillsTable;
  source_credentials: SourceCredentialsTable;
  sources: SourcesTable;
  tags: TagsTable;
  team_members: TeamMembersTable;
  teams: TeamsTable;
  tokens: TokensTable;
  users: UsersTable;
}
