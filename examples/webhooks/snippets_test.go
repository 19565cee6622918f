// Package webhooks_test runs the verification snippets that receivers copy, in
// the languages that this machine has, against the vectors and against messages
// signed now.
package webhooks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"certflow/internal/webhook"
)

type vector struct {
	Name, Secret, Body    string
	Now                   int64
	Headers               map[string]string
	Standard, Ten99Policy bool
}

// verdict is what a snippet made of one vector.
type verdict struct{ Standard, Ten99Policy bool }

func vectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile("vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Vectors []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors
}

func program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed here: its snippet was not run", name)
	}
	return path
}

// expect compares what a snippet printed, one line "standard ten99policy" of 0
// and 1 for each vector, with what the vectors say.
func expect(t *testing.T, printed []byte) {
	t.Helper()
	want, got := map[string]verdict{}, map[string]verdict{}
	lines := strings.Fields(strings.ReplaceAll(strings.TrimSpace(string(printed)), " ", ""))
	all := vectors(t)
	if len(all) == 0 || len(lines) != len(all) {
		t.Fatalf("%d verdicts on %d vectors:\n%s", len(lines), len(all), printed)
	}
	for i, v := range all {
		want[v.Name] = verdict{v.Standard, v.Ten99Policy}
		got[v.Name] = verdict{lines[i][0] == '1', lines[i][1] == '1'}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("verdicts differ from the vectors (-want +got):\n%s", diff)
	}
}

func run(t *testing.T, stdin, name string, args ...string) []byte {
	t.Helper()
	command := exec.Command(name, args...)
	command.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, &stderr)
	}
	return out
}

func TestPythonJudgesTheVectorsAsTheySay(t *testing.T) {
	t.Parallel()
	expect(t, run(t, `
import json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, ".")
import verify
for v in json.load(open("vectors.json", encoding="utf-8"))["vectors"]:
    verdicts = []
    for check in (verify.verify_standard, verify.verify_ten99policy):
        try:
            check(v["headers"], v["body"].encode(), v["secret"], v["now"])
            verdicts.append("1")
        except verify.NotVerified:
            verdicts.append("0")
    print(*verdicts)
`, program(t, "python3"), "-"))
}

func TestNodeJudgesTheVectorsAsTheySay(t *testing.T) {
	t.Parallel()
	expect(t, run(t, `
import { readFileSync } from "node:fs";
import { verifyStandard, verifyTen99Policy, NotVerified } from "./verify.mjs";
for (const v of JSON.parse(readFileSync("vectors.json", "utf8")).vectors) {
  const verdicts = [verifyStandard, verifyTen99Policy].map((check) => {
    try {
      check(v.headers, Buffer.from(v.body), v.secret, v.now);
      return 1;
    } catch (error) {
      if (!(error instanceof NotVerified)) throw error;
      return 0;
    }
  });
  console.log(verdicts.join(" "));
}
`, program(t, "node"), "--input-type=module", "-"))
}

func TestShellJudgesTheVectorsAsTheySay(t *testing.T) {
	t.Parallel()
	program(t, "openssl")
	folder := t.TempDir()
	var script strings.Builder
	script.WriteString(". ./verify.sh\n")
	for i, v := range vectors(t) {
		header := http.Header{}
		for name, value := range v.Headers {
			header.Set(name, value)
		}
		headers, body := write(t, folder, fmt.Sprint(i), header, []byte(v.Body))
		for _, check := range []string{"verify_standard", "verify_ten99policy"} {
			fmt.Fprintf(&script, "%s '%s' '%s' '%s' %d && printf 1 || printf 0\n", check, headers, body, v.Secret, v.Now)
		}
		script.WriteString("echo\n")
	}
	expect(t, run(t, script.String(), program(t, "sh")))
}

func TestEverySnippetVerifiesWhatIsSignedNow(t *testing.T) {
	t.Parallel()
	older, newer := webhook.NewSecret(), webhook.NewSecret()
	body := []byte("{\"id\":\"evt_1\",\"type\":\"ping\",\"note\":\"größer\"}\n")
	header, err := webhook.Sign(
		webhook.Message{ID: "evt_1", SentAt: time.Now(), Body: body},
		[]webhook.Secret{{Text: newer}, {Text: older, ExpiresAt: time.Now().Add(time.Hour)}},
	)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	headers, signed := write(t, folder, "signed", header, body)
	_, altered := write(t, folder, "altered", header, bytes.ToUpper(body))
	for _, command := range [][]string{{"python3", "-B", "verify.py"}, {"node", "verify.mjs"}, {"sh", "verify.sh"}} {
		t.Run(command[0], func(t *testing.T) {
			t.Parallel()
			path := program(t, command[0])
			if command[0] == "sh" {
				program(t, "openssl")
			}
			for _, c := range []struct {
				secret, body string
				isVerified   bool
			}{
				{older.Reveal(), signed, true},
				{newer.Reveal(), signed, true},
				{newer.Reveal(), altered, false},
				{webhook.NewSecret().Reveal(), signed, false},
			} {
				snippet := exec.Command(path, append(command[1:], headers, c.body)...)
				snippet.Env = append(os.Environ(), "CERTFLOW_WEBHOOK_SECRET="+c.secret)
				out, err := snippet.CombinedOutput()
				if (err == nil) != c.isVerified {
					t.Errorf("%v, want verified = %v: %s", err, c.isVerified, out)
				}
				want := "verified evt_1\n"
				if !c.isVerified {
					want = "not verified: "
				}
				if !strings.HasPrefix(string(out), want) {
					t.Errorf("printed %q, want %q first", out, want)
				}
			}
		})
	}
}

// write puts a message into the two files that the snippets read.
func write(t *testing.T, folder, name string, header http.Header, body []byte) (headersPath, bodyPath string) {
	t.Helper()
	var headers bytes.Buffer
	if err := header.Write(&headers); err != nil {
		t.Fatal(err)
	}
	headersPath, bodyPath = filepath.Join(folder, name+".txt"), filepath.Join(folder, name+".json")
	for path, content := range map[string][]byte{headersPath: headers.Bytes(), bodyPath: body} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return headersPath, bodyPath
}
