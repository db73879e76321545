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
