// Package deploy_test holds the production files to what they promise. Containers cannot be run everywhere that the
// tests run: this reads docker-compose.yml as Compose does, and runs on a real PostgreSQL what can be.
package deploy_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/google/go-cmp/cmp"

	"certflow/internal/config"
)

const root = ".."

// load reads docker-compose.yml as Compose does, its schema included.
func load(t *testing.T, environment map[string]string) (*types.Project, error) {
	t.Helper()
	dir, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	return loader.LoadWithContext(t.Context(), types.ConfigDetails{
		WorkingDir:  dir,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, "docker-compose.yml")}},
		Environment: environment,
	}, func(o *loader.Options) {
		o.SetProjectName("certflow", true)
		o.Profiles = []string{"monitoring"}
	})
}

// required are the variables of .env.example that have to be filled in, each with a value for a test.
func required(t *testing.T) map[string]string {
	t.Helper()
	variables := map[string]string{}
	for line := range strings.Lines(read(t, ".env.example")) {
		line = strings.TrimSpace(line)
		name, value, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		if value != "" {
			t.Errorf(".env.example gives %s a value: what is copied unread must not work", name)
		}
		variables[name] = "value-of-" + name
	}
	return variables
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func project(t *testing.T) *types.Project {
	t.Helper()
	p, err := load(t, required(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestEveryRequiredVariableIsRefusedWhenMissing(t *testing.T) {
	t.Parallel()
	for name := range required(t) {
		environment := required(t)
		delete(environment, name)
		if _, err := load(t, environment); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("without %s: %v, want an error that names it", name, err)
		}
	}
}

func TestNoSecretIsWrittenDown(t *testing.T) {
	t.Parallel()
	secret := regexp.MustCompile(`(?i)(password|secret|_pwd|_key)\w*$`)
	inURL := regexp.MustCompile(`://[^/@:]+:([^@]+)@`)
	given := slices.Collect(func(yield func(string) bool) {
		for _, value := range required(t) {
			if !yield(value) {
				return
			}
		}
	})
	for _, service := range project(t).Services {
		for name, value := range service.Environment {
			if value == nil {
				continue
			}
			if secret.MatchString(name) && !slices.Contains(given, *value) {
				t.Errorf("%s: %s is written down instead of being asked for", service.Name, name)
			}
			if password := inURL.FindStringSubmatch(*value); password != nil && !slices.Contains(given, password[1]) {
				t.Errorf("%s: the password in %s is written down instead of being asked for", service.Name, name)
			}
		}
	}
}

// once tells whether a service runs to its end.
func once(s types.ServiceConfig) bool {
	return s.Restart == "no" || strings.HasPrefix(s.Restart, "on-failure")
}

func TestEveryServiceThatStaysHasAHealthCheck(t *testing.T) {
	t.Parallel()
	for _, service := range project(t).Services {
		if checked := service.HealthCheck != nil && !service.HealthCheck.Disable; checked == once(service) {
			t.Errorf("%s: has a health check: %v, runs to its end: %v", service.Name, checked, once(service))
		}
		if !once(service) && service.Restart != "unless-stopped" {
			t.Errorf("%s: restart is %q: it would not come back after a crash or a reboot", service.Name, service.Restart)
		}
	}
}

func TestEveryServiceWaitsUntilWhatItNeedsIsReady(t *testing.T) {
	t.Parallel()
	p := project(t)
	for _, service := range p.Services {
		for name, dependency := range service.DependsOn {
			want := types.ServiceConditionHealthy
			if once(p.Services[name]) {
				want = types.ServiceConditionCompletedSuccessfully
			}
			if dependency.Condition != want {
				t.Errorf("%s waits for %s until %s, want %s", service.Name, name, dependency.Condition, want)
			}
		}
	}
	for _, name := range []string{"api", "worker"} {
		want := []string{"blobs", "migrate", "temporal-namespace"}
		if diff := cmp.Diff(want, slices.Sorted(func(yield func(string) bool) {
			for dependency := range p.Services[name].DependsOn {
				if !yield(dependency) {
					return
				}
			}
		})); diff != "" {
			t.Errorf("%s waits for something else (-want +got):\n%s", name, diff)
		}
	}
}

func TestImagesNameTheirVersion(t *testing.T) {
	t.Parallel()
	version := regexp.MustCompile(`:v?[0-9]+\.[0-9]+(\.[0-9]+)?(-[a-z]+)?$`)
	for _, service := range project(t).Services {
		if service.Build == nil && !version.MatchString(service.Image) {
			t.Errorf("%s: the image %s names no version", service.Name, service.Image)
		}
	}
}

func TestNothingIsReachedFromOutsideUnlessAsked(t *testing.T) {
	t.Parallel()
	p := project(t)
	for _, service := range p.Services {
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s: port %s is published on %q", service.Name, port.Published, port.HostIP)
			}
		}
		if _, outside := service.Networks["outside"]; outside != slices.Contains([]string{"api", "worker", "temporal-ui", "grafana"}, service.Name) {
			t.Errorf("%s: on the outside network: %v", service.Name, outside)
		}
	}
	if !p.Networks["inside"].Internal {
		t.Error("the inside network reaches the world")
	}
}

func TestOurServicesAreConfined(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"api", "worker", "migrate"} {
		s := project(t).Services[name]
		if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || len(s.Tmpfs) == 0 || s.Privileged || s.User == "root" {
			t.Errorf("%s: read-only %v, capabilities dropped %v, temporary folders %v", name, s.ReadOnly, s.CapDrop, s.Tmpfs)
		}
	}
}

func TestTheProgramKnowsItsVariables(t *testing.T) {
	t.Parallel()
	known := map[string]bool{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[config.Config]()) {
		known[strings.Split(field.Tag.Get("env"), ",")[0]] = true
	}
	for _, name := range []string{"api", "worker", "migrate"} {
		for variable := range project(t).Services[name].Environment {
			if strings.HasPrefix(variable, "CERTFLOW_") && !known[variable] {
				t.Errorf("%s is given %s, which the program does not read", name, variable)
			}
		}
	}
	set := regexp.MustCompile(`CERTFLOW_[A-Z_]+`)
	for _, variable := range set.FindAllString(read(t, "Dockerfile"), -1) {
		if !known[variable] {
			t.Errorf("the Dockerfile sets %s, which the program does not read", variable)
		}
	}
}

func TestWhatIsMountedExists(t *testing.T) {
	t.Parallel()
	for _, service := range project(t).Services {
		for _, volume := range service.Volumes {
			if volume.Type != types.VolumeTypeBind {
				continue
			}
			info, err := os.Stat(volume.Source)
			if err != nil {
				t.Errorf("%s: %v", service.Name, err)
				continue
			}
			if !volume.ReadOnly {
				t.Errorf("%s may write to %s", service.Name, volume.Source)
			}
			if strings.HasSuffix(volume.Source, ".sh") && info.Mode()&0o111 == 0 {
				t.Errorf("%s cannot be run", volume.Source)
			}
		}
	}
}

func TestTheImageRunsWithoutRoot(t *testing.T) {
	t.Parallel()
	text := read(t, "Dockerfile")
	_, last, found := strings.Cut(text, "\nFROM debian")
	if !found {
		t.Fatal("the Dockerfile has no second stage")
	}
	for _, want := range []string{"\nUSER 10001:10001", "poppler-utils", "tesseract-ocr", "ca-certificates", "OMP_THREAD_LIMIT=1"} {
		if !strings.Contains(last, want) {
			t.Errorf("the image lacks %q", strings.TrimSpace(want))
		}
	}
}

func TestTheImageIsBuiltFromAllThatTheProgramImports(t *testing.T) {
	t.Parallel()
	ignore := read(t, ".dockerignore")
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	notInTheProgram := []string{"bin", "deploy", "docs", "tools"}
	for _, entry := range entries {
		name := entry.Name()
		if !entry.IsDir() || strings.HasPrefix(name, ".") || slices.Contains(notInTheProgram, name) {
			continue
		}
		if !strings.Contains(ignore, "\n!"+name+"\n") {
			t.Errorf("the folder %s is kept out of the image's build: let it in, or list it in this test", name)
		}
	}
}
