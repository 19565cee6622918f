import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.min.mjs'
import type { PDFDocumentLoadingTask, PDFDocumentProxy } from 'pdfjs-dist'

// pdf.js, loaded when a page of a PDF is first to be drawn. It runs no script of a PDF, and nothing but canvases come of one.

declare const PDF_WORKER: string
declare const PDF_FILES: string

interface Policy {
  createScriptURL(address: string): string
}

// The page's policy lets no text become a script's address but this one.
function workerAddress(): string {
  const types = (window as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes
  if (!types) return PDF_WORKER
  return types.createPolicy('certflow-worker', {
    createScriptURL(address) {
      if (address !== PDF_WORKER) throw new TypeError('not the address of the worker')
      return address
    },
  }).createScriptURL(PDF_WORKER)
}

pdfjs.GlobalWorkerOptions.workerPort = new Worker(workerAddress(), { type: 'module' })

export function openPdf(data: ArrayBuffer): PDFDocumentLoadingTask {
  return pdfjs.getDocument({
    data, standardFontDataUrl: `${PDF_FILES}standard_fonts/`, wasmUrl: `${PDF_FILES}wasm/`, useSystemFonts: false, enableXfa: false,
  }) as PDFDocumentLoadingTask
}

export type { PDFDocumentProxy }
