// Package certflow holds no code: its tests keep what ARCHITECTURE.md says of the tree true.
package certflow

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pkg is a package of the module as `go list` knows it, by its path within the module.
type pkg struct {
	ImportPath string
	Doc        string   // the first sentence of its comment
	GoFiles    []string // without tests
	Imports    []string // without those of tests
}

// modulePath begins the import path of every package of ours.
const modulePath = "certflow/"

// packages are those of the module that hold more than tests.
func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Doc,GoFiles,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	decoder := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := decoder.Decode(&p); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		p.ImportPath = strings.TrimPrefix(p.ImportPath, modulePath)
		if len(p.GoFiles) > 0 {
			all = append(all, p)
		}
	}
}

// within reports whether a package is, or lies in, a folder.
func within(path, folder string) bool { return path == folder || strings.HasPrefix(path, folder+"/") }

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestTheMapNamesEveryPackage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "## The map")
	_, rest, _ = strings.Cut(rest, "```")
	drawn, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("ARCHITECTURE.md has no map")
	}
	places := strings.FieldsFunc(drawn, func(r rune) bool { return strings.ContainsRune(" \n,;:", r) })
	for _, p := range packages(t) {
		folder := p.ImportPath
		// A package for the tests of another one, or a command beside it, stands in that one's line.
		parts := strings.Split(folder, "/")
		depth := 1
		if parts[0] == "internal" || parts[0] == "cmd" {
			depth = 2
		}
		folder = strings.Join(parts[:min(depth, len(parts))], "/")
		if !slices.Contains(places, folder+"/") && !slices.Contains(places, folder) {
			t.Errorf("the map of ARCHITECTURE.md does not name %s", folder)
		}
	}
	for _, place := range places {
		if !strings.HasSuffix(place, "/") {
			continue
		}
		if _, err := os.Stat(place); err != nil {
			t.Errorf("the map of ARCHITECTURE.md names %s, which is not there", place)
		}
	}
}

// layers are the folders from the lowest to the highest: what is in one imports of ours only what is in lower ones, or lies in the same folder.
var layers = [][]string{
	{"internal"}, // what the lines below do not name
	{"schema"},
	{"activities", "console"},
	{"workflows"},
	{"api", "worker"},
	{"internal/service"},
	{"internal/bench", "internal/chaos"},
	{"cmd"},
}

// layerOf is the layer of a package and the folder by which it belongs there; -1 for what no layer names, such as examples.
func layerOf(path string) (layer int, folder string) {
	layer = -1
	for i, folders := range layers {
		for _, f := range folders {
			if within(path, f) && len(f) > len(folder) {
				layer, folder = i, f
			}
		}
	}
	return layer, folder
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		layer, folder := layerOf(p.ImportPath)
		if layer < 0 {
			continue
		}
		for _, imported := range p.Imports {
			path, ours := strings.CutPrefix(imported, modulePath)
			if !ours {
				continue
			}
			below, from := layerOf(path)
			if generated := path == "api/client"; generated || below < layer || from == folder {
				continue // the generated client stands outside of the layers: whoever is a client of the API may use it
			}
			t.Errorf("%s imports %s, which is not below it", p.ImportPath, path)
		}
	}
}

// pure are the packages that are functions from values to values, with all of ours that they may import.
var pure = map[string][]string{
	"internal/certificate": nil,
	"internal/page":        {"internal/certificate"},
	"internal/rules":       {"internal/certificate"},
	"internal/acord":       {"internal/certificate", "internal/page"},
	"internal/grounding":   {"internal/certificate", "internal/page"},
	"internal/calibration": {"internal/certificate", "internal/grounding"},
}

func TestPurePackagesDoNoIO(t *testing.T) {
	t.Parallel()
	inputOutput := []string{"context", "database/sql", "io/fs", "log", "log/slog", "math/rand", "math/rand/v2", "net", "net/http", "os", "os/exec", "syscall"}
	seen := 0
	for _, p := range packages(t) {
		allowed, isPure := pure[p.ImportPath]
		if !isPure {
			continue
		}
		seen++
		for _, imported := range p.Imports {
			path, ours := strings.CutPrefix(imported, modulePath)
			switch {
			case ours && !slices.Contains(allowed, path):
				t.Errorf("%s imports %s, and may import %v alone", p.ImportPath, path, allowed)
			case slices.Contains(inputOutput, imported):
				t.Errorf("%s imports %s, and is to do no I/O", p.ImportPath, imported)
			}
		}
	}
	if seen != len(pure) {
		t.Errorf("%d of %d pure packages were found", seen, len(pure))
	}
}
