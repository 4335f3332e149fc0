// Where the sealed values of channels stand. Each opens in its own place and nowhere else.

type Dance = { workspaceId: string; stateHash: string };

export function verifierPlace({ workspaceId, stateHash }: Dance) {
  return { workspaceId, table: "oauth_states", column: "code_verifier", row: stateHash };
}

export function registrationPlace({ workspaceId, stateHash }: Dance) {
  return { workspaceId, table: "oauth_states", column: "registration", row: stateHash };
}

export function openedPlace({ workspaceId, id }: { workspaceId: string; id: string }) {
  return { workspaceId, table: "pending_connections", column: "opened", row: id };
}

export function appPlace({ workspaceId, id }: { workspaceId: string; id: string }) {
  return { workspaceId, table: "platform_apps", column: "sealed_values", row: id };
}

export function credentialsPlace({ workspaceId, id }: { workspaceId: string; id: string }) {
  return { workspaceId, table: "channels", column: "credentials", row: id };
}
