import { Empty, Head, Link } from '../ui/basics.tsx'

export function NotFound() {
  return (
    <div class="page">
      <Head title="Not found" />
      <Empty icon="search" title="There is no such page">
        <p><Link to="/certificates">Go to the certificates</Link></p>
      </Empty>
    </div>
  )
}
