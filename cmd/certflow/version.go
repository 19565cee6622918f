package main

import "runtime/debug"

// version says which build this is, in Go's own words: a release's tag, or the time and commit of what it was built from. A build from no
// repository knows neither.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "(development build)"
	}
	return info.Main.Version
}
