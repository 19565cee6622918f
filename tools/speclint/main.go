// Command speclint reads an OpenAPI 3.1 description and prints what is wrong with it, one fault a line with the line
// of the file: where it breaks the specification, where an example does not fit its schema, and where it breaks this
// project's own rules (rules.go). It exits 1 when there is a fault.
//
//	speclint api/openapi.yaml
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: speclint FILE")
		os.Exit(2)
	}
	file := os.Args[1]
	text, err := os.ReadFile(file)
	if err != nil {
		fmt.Fprintln(os.Stderr, "speclint:", err)
		os.Exit(2)
	}
	faults := lint(text)
	for _, f := range faults {
		fmt.Printf("%s:%d: %s\n", file, f.line, f.text)
	}
	if len(faults) > 0 {
		os.Exit(1)
	}
}
