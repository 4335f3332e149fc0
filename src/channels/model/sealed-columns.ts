// Where the sealed values of channels stand. Each opens in its own place and nowhere else.

type OAuthFlow = { workspaceId: string; stateHash: string };

export function verifierColumn({ workspaceId, stateHash }: OAuthFlow) {
  return { workspaceId, table: "oauth_states", column: "code_verifier", row: stateHash };
}

export function registrationColumn({ workspaceId, stateHash }: OAuthFlow) {
  return { workspaceId, table: "oauth_states", column: "registration", row: stateHash };
}

export function openedColumn({ workspaceId, id }: { workspaceId: string; id: string }) {
  return { workspaceId, table: "pending_connections", column: "opened", row: id };
}

export function appValuesColumn({ workspaceId, id }: { workspaceId: string; id: string }) {
  return { workspaceId, table: "platform_apps", column: "sealed_values", row: id };
}

export function credentialsColumn({ workspaceId, id }: { workspaceId: string; id: string }) {
  return { workspaceId, table: "channels", column: "credentials", row: id };
}
