package main

import (
	"cmp"
	"runtime"
	"runtime/debug"
	"strings"
)

// version says which build this is: the module's version where it was installed by one, else the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return versionOf(info)
}

// versionOf writes a build as one line: v1.2.0, or development build 1a2b3c4d5e6f of 2026-11-23T09:00:00Z.
func versionOf(info *debug.BuildInfo) string {
	setting := map[string]string{}
	for _, s := range info.Settings {
		setting[s.Key] = s.Value
	}
	said := info.Main.Version
	if commit := setting["vcs.revision"]; said == "" || said == "(devel)" || strings.Contains(said, "-0.") {
		said = "development build"
		if commit != "" {
			said += " " + commit[:min(12, len(commit))]
		}
		if at := setting["vcs.time"]; at != "" {
			said += " of " + at
		}
		if setting["vcs.modified"] == "true" {
			said += ", with changes"
		}
	}
	return said + ", " + cmp.Or(info.GoVersion, runtime.Version())
}
