package service_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestTheDoctorNamesThePartThatIsIll(t *testing.T) {
	t.Parallel()
	s := start(t)
	const nowhere = "127.0.0.1:1"
	unseen := "not looked at: the database does not answer"
	for name, c := range map[string]struct {
		env  []string
		want map[string]string // what is said first of each part that is ill
	}{
		"all is well":    {},
		"no Temporal":    {[]string{"CERTFLOW_TEMPORAL_ADDRESS=" + nowhere}, map[string]string{"Temporal": "failed reaching server"}},
		"no namespace":   {[]string{"CERTFLOW_TEMPORAL_NAMESPACE=absent"}, map[string]string{"Temporal": "Namespace absent is not found."}},
		"no blob folder": {[]string{"CERTFLOW_BLOB_URL=file:///proc/1/blobs"}, map[string]string{"configuration": "CERTFLOW_BLOB_URL: make the folder for blobs"}},
		"no database": {[]string{"CERTFLOW_DATABASE_URL=postgres://certflow@" + nowhere + "/certflow"}, map[string]string{
			"database": "failed to connect", "database role": unseen, "clock": unseen, "secret key": unseen, "schema": unseen,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := s.command(t, c.env, "doctor")
			said, err := cmd.Output()
			if (err != nil) != (len(c.want) > 0) {
				t.Errorf("it ended with %v", err)
			}
			ill := map[string]string{}
			for line := range strings.Lines(string(said)) {
				fault, ok := strings.CutPrefix(line, "FAULT ")
				if !ok {
					continue
				}
				part, words, _ := strings.Cut(strings.TrimSpace(fault), "  ")
				if want := c.want[part]; want != "" && strings.HasPrefix(strings.TrimSpace(words), want) {
					words = want
				}
				ill[part] = strings.TrimSpace(words)
			}
			if diff := cmp.Diff(c.want, ill, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("what is ill (-want +got):\n%s\n%s", diff, said)
			}
		})
	}
}
