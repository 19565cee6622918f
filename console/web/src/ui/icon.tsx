// Line drawings in a square of 20, drawn for this console.
const shapes: Record<string, string> = {
  certificate: 'M5 2.5h7l3.5 3.5V17.5H5zM12 2.5V6h3.5M7.5 11l1.8 1.8L12.8 9',
  jobs: 'M3 5.5h14M3 10h14M3 14.5h14M6 4v3M13 8.5v3M9 13v3',
  tracker: 'M3 11.5h4l1.5 2.5h3l1.5-2.5h4M3 11.5 5 4h10l2 7.5v5H3z',
  rules: 'M4 5h1.5M8.5 5H16M4 10h1.5M8.5 10H16M4 15h1.5M8.5 15H16',
  hook: 'M7 13a3 3 0 1 0 2.8 4H14M8.5 8.5A3 3 0 1 1 13 5.5l-2 5M15 11.5a3 3 0 1 1-2 5.3',
  docs: 'M4 3.5h5a2 2 0 0 1 1 .5 2 2 0 0 1 1-.5h5v12h-5a2 2 0 0 0-1 1 2 2 0 0 0-1-1H4zM10 4v12.5',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
  cross: 'm5 5 10 10M15 5 5 15',
  flag: 'M5 17.5V3h10l-2.5 4 2.5 4H5',
  alert: 'M10 3 2.5 16.5h15zM10 8v4M10 14.2v.3',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 6.5V10l2.5 1.5',
  turning: 'M16 10a6 6 0 1 1-2-4.5M14.5 2.5v3.5H11',
  again: 'M16 10a6 6 0 1 1-2-4.5M14.5 2.5v3.5H11',
  upload: 'M10 13V4m-3.5 3L10 3.5 13.5 7M4 13v3h12v-3',
  download: 'M10 4v9m-3.5-3 3.5 3.5 3.5-3.5M4 13v3h12v-3',
  left: 'm12 4.5-5.5 5.5 5.5 5.5',
  right: 'm8 4.5 5.5 5.5-5.5 5.5',
  down: 'm4.5 7.5 5.5 5.5 5.5-5.5',
  up: 'm4.5 12.5 5.5-5.5 5.5 5.5',
  raise: 'M10 16V4.5m-4.5 4L10 4l4.5 4.5',
  lower: 'M10 4v11.5m-4.5-4L10 16l4.5-4.5',
  plus: 'M10 4v12M4 10h12',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4m3.7 8.7L16.5 16.5',
  out: 'M11.5 3.5h5v5M16.5 3.5 9 11M13.5 11v5.5h-10v-10H9',
  bin: 'M3.5 5.5h13M8 5.5v-2h4v2M5 5.5l.8 11h8.4l.8-11M8.5 8.5v5M11.5 8.5v5',
  exit: 'M8.5 3.5h-5v13h5M12.5 6.5 16 10l-3.5 3.5M16 10H7.5',
  copy: 'M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7',
  key: 'M7 9.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M9.5 10.5l7-7M13 7l2.5 2.5',
  person: 'M10 3.5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M4 17a6 6 0 0 1 12 0',
  send: 'M17 3 3 9l5.5 2.5L11 17zM17 3l-8.5 8.5',
  zoom: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4m3.7 8.7 3.8 3.8M9 7v4M7 9h4',
  less: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4m3.7 8.7 3.8 3.8M7 9h4',
  page: 'M5 2.5h7l3.5 3.5v11.5H5zM12 2.5V6h3.5',
  play: 'M6 4v12l10-6z',
  eye: 'M2.5 10C5 6 7.5 4.8 10 4.8S15 6 17.5 10C15 14 12.5 15.2 10 15.2S5 14 2.5 10M10 7.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4',
}

export function Icon({ name }: { name: string }) {
  return (
    <svg class={`icon i-${name}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={shapes[name] ?? ''} />
    </svg>
  )
}
