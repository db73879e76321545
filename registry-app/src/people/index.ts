/** Accounts, teams, memberships and tokens, and the one function that says who may do what. */
export {
  actorName,
  ANONYMOUS,
  SYSTEM,
  SCOPES,
  type Actor,
  type Scope,
  type TeamActor,
  type UserActor,
} from "./actor.ts";
export {
  ACTIONS,
  may,
  requireMay,
  viewerOf,
  type Action,
  type SubjectOf,
  type TeamOwned,
  type Viewer,
} from "./may.ts";
export { linkGithub, listGithubLinks, unlinkGithub, type GithubLink } from "./github-links.ts";
export {
  acceptGithubPlan,
  alignGithubTeams,
  applyGithubMembers,
  askForGithubLooks,
  listDueGithubTeams,
  listGithubTeams,
  noteGithubFailure,
  type GithubLooked,
  type GithubTeam,
  type GithubTeamState,
  type WaitingPlan,
} from "./github-teams.ts";
export { type GithubMember } from "./plan-members.ts";
export { isTokenShaped } from "./token-text.ts";
export {
  authenticate,
  createToken,
  listTokens,
  revokeToken,
  type NewToken,
  type TokenFacts,
  type TokenOwner,
} from "./tokens.ts";
export {
  addMember,
  findTeam,
  listMembers,
  listTeams,
  removeMember,
  retireTeamsExcept,
  upsertTeam,
  type Member,
  type Team,
} from "./teams.ts";
export { createUser, disableUser, findUser, listUsers, type User } from "./users.ts";
