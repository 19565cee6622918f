package console_test

import (
	"os"
	"strings"
	"testing"
)

// built is the name of the one built script that begins with prefix.
func built(t *testing.T, prefix string) string {
	t.Helper()
	entries, err := os.ReadDir("dist/assets")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), "js") {
			found = append(found, e.Name())
		}
	}
	if len(found) != 1 {
		t.Fatalf("scripts that begin with %s: %v", prefix, found)
	}
	return found[0]
}
