import { Empty, Head, Link } from '../ui/basics.tsx'

export function NotFound() {
  return (
    <>
      <Head title="Not found" />
      <Empty icon="search" title="There is no such page">
        <p><Link to="/certificates">Go to the certificates</Link></p>
      </Empty>
    </>
  )
}
