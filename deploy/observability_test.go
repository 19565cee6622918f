package deploy_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// alerts is deploy/prometheus/alerts.yml as far as it matters here.
type alerts struct {
	Groups []struct {
		Rules []struct {
			Alert       string
			Expr        string
			Labels      map[string]string
			Annotations map[string]string
		}
	}
}

func readAlerts(t *testing.T) alerts {
	t.Helper()
	var a alerts
	if err := yaml.Unmarshal([]byte(read(t, "deploy/prometheus/alerts.yml")), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// dashboard is deploy/grafana/certflow.json as far as it matters here.
type dashboard struct {
	Panels []struct {
		ID         int
		Title      string
		Type       string
		Datasource struct{ UID string }
		Targets    []struct{ Expr string }
	}
	Templating struct{ List []struct{ Name string } }
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	var d dashboard
	if err := json.Unmarshal([]byte(read(t, "deploy/grafana/certflow.json")), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// queries are all expressions of alerts and dashboard, by where they stand.
func queries(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, group := range readAlerts(t).Groups {
		for _, rule := range group.Rules {
			found["the alert "+rule.Alert] = rule.Expr
		}
	}
	for _, panel := range readDashboard(t).Panels {
		for _, target := range panel.Targets {
			found["the panel "+panel.Title+": "+target.Expr] = target.Expr
		}
	}
	return found
}

// used are the names of the metrics in an expression, without what a histogram adds.
func used(expr string) []string {
	var names []string
	for _, name := range regexp.MustCompile(`\b(?:certflow|temporal)_[a-z_]+`).FindAllString(expr, -1) {
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			name = strings.TrimSuffix(name, suffix)
		}
		names = append(names, name)
	}
	return names
}

// TestEveryMetricThatIsWatchedIsOneThatThereIs holds alerts and dashboard to the table of ARCHITECTURE.md, which the test of package service
// compares with what a running service shows.
func TestEveryMetricThatIsWatchedIsOneThatThereIs(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `((?:certflow|temporal)_[a-z_]+)`").FindAllStringSubmatch(read(t, "ARCHITECTURE.md"), -1) {
		told[row[1]] = false
	}
	for where, expr := range queries(t) {
		names := used(expr)
		if len(names) == 0 && !strings.Contains(expr, "up{job=") {
			t.Errorf("%s looks at nothing of ours: %s", where, expr)
		}
		for _, name := range names {
			if _, ok := told[name]; !ok {
				t.Errorf("%s looks at %s, which is not in ARCHITECTURE.md", where, name)
			}
			told[name] = true
		}
	}
	for name, watched := range told {
		if !watched {
			t.Errorf("%s is neither drawn nor watched", name)
		}
	}
}

func TestEveryAlertSaysHowBadItIsAndWhatToDo(t *testing.T) {
	t.Parallel()
	for _, group := range readAlerts(t).Groups {
		for _, rule := range group.Rules {
			if !slices.Contains([]string{"critical", "warning"}, rule.Labels["severity"]) {
				t.Errorf("%s has the severity %q", rule.Alert, rule.Labels["severity"])
			}
			if rule.Annotations["summary"] == "" || len(rule.Annotations["runbook"]) < 40 {
				t.Errorf("%s does not say what happened and what to do", rule.Alert)
			}
		}
	}
}

func TestTheDashboardIsWhole(t *testing.T) {
	t.Parallel()
	d := readDashboard(t)
	ids := map[int]bool{}
	for _, panel := range d.Panels {
		if ids[panel.ID] {
			t.Errorf("two panels have the id %d", panel.ID)
		}
		ids[panel.ID] = true
		if panel.Type != "row" && (panel.Datasource.UID != "${datasource}" || len(panel.Targets) == 0) {
			t.Errorf("the panel %s asks nobody for nothing", panel.Title)
		}
	}
	if len(d.Templating.List) != 1 || d.Templating.List[0].Name != "datasource" {
		t.Error("the dashboard does not let its reader choose the Prometheus")
	}
}

// TestPrometheusUnderstandsEveryQuery has promtool judge rules, configuration and dashboard, and run the alerts' own tests.
func TestPrometheusUnderstandsEveryQuery(t *testing.T) {
	t.Parallel()
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed: tools/system-packages.sh promtool")
	}
	dir := t.TempDir()
	check := func(args ...string) {
		cmd := exec.Command(promtool, args...)
		cmd.Dir = filepath.Join(root, "deploy", "prometheus")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	check("check", "config", "prometheus.yml")
	check("test", "rules", "alerts_test.yml")
	type rule struct {
		Record string `yaml:"record"`
		Expr   string `yaml:"expr"`
	}
	var rules []rule
	for _, expr := range queries(t) {
		rules = append(rules, rule{Record: "drawn", Expr: strings.ReplaceAll(expr, "$__rate_interval", "1m")})
	}
	file := filepath.Join(dir, "drawn.yml")
	write(t, file, map[string]any{"groups": []map[string]any{{"name": "drawn", "rules": rules}}})
	check("check", "rules", "--lint=none", file)
}

func write(t *testing.T, file string, what any) {
	t.Helper()
	text, err := yaml.Marshal(what)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
