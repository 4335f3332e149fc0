/** Paths that belong to programs or to readers: an unknown one is a 404 there and not the dashboard. */
export const machinePaths =
  /^\/(?:api|assets|media|health|ready|metrics|openapi\.json|docs|redoc|sandbox|site)(?:[/?]|$)/;
