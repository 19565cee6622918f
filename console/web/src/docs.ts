// Draws the description of the API with Scalar, from this server alone: no fonts, proxies or services of others.
interface Scalar {
  createApiReference(at: string, options: Record<string, unknown>): unknown
}

const { Scalar } = window as unknown as { Scalar: Scalar }

Scalar.createApiReference('#docs', {
  url: '/openapi.yaml',
  theme: 'default',
  layout: 'modern',
  withDefaultFonts: false,
  telemetry: false,
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  documentDownloadType: 'direct',
  defaultOpenAllTags: false,
  metaData: { title: 'certflow API' },
})
export {}
