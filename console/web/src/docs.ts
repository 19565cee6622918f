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

// Scalar leaves its copy buttons without a name, and calls fields that offer no list comboboxes.
const name = () => {
  for (const button of document.querySelectorAll('.scalar-code-copy:not([aria-label])')) button.setAttribute('aria-label', 'Copy')
  for (const field of document.querySelectorAll('.code-input-lite__editor[role=combobox]:not([aria-controls])')) {
    field.setAttribute('role', 'textbox')
    field.setAttribute('aria-label', field.getAttribute('data-placeholder') === 'janedoe' ? 'API key' : 'Value')
    field.removeAttribute('aria-autocomplete')
  }
}
new MutationObserver(name).observe(document.body, { childList: true, subtree: true })
name()
export {}
