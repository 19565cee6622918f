// Package bench measures certflow on the machine it runs on: reading, uploads, reviews end to end, bulk jobs, fairness between
// accounts, deliveries and lists. Each section starts a stack of its own, with API and worker as processes whose memory and CPU time are
// read from /proc, so it runs on Linux only. What it promises are ratios within one run; absolute figures belong to the machine.
package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// Options say what is measured.
type Options struct {
	Only     []string // sections; none: all
	Small    bool     // sizes that show that it works; the figures mean little
	Seed     uint64
	Progress func(string)
}

// sizes are how much each section does.
type sizes struct {
	readRuns, scanRuns                int // of each program, taken alternately
	readFiles, scanFiles              int
	rampStep, uploadTime              time.Duration
	largeUploads, largeSize           int
	certificates, noops, reads        int
	bulk, bulkChain, bulkPerRun       int
	singles                           int
	deliveryTime                      time.Duration
	listFew, listSome, listMany       int
	listRequests                      int
	otherAccounts, othersCertificates int
}

func (o Options) sizes() sizes {
	if o.Small {
		return sizes{
			readRuns: 3, scanRuns: 1, readFiles: 2, scanFiles: 1, rampStep: time.Second, uploadTime: 2 * time.Second,
			largeUploads: 5, largeSize: 15 << 20, certificates: 10, noops: 20, reads: 5, bulk: 60, bulkChain: 60, bulkPerRun: 25, singles: 3,
			deliveryTime: 6 * time.Second, listFew: 1000, listSome: 20_000, listMany: 30_000, listRequests: 10,
			otherAccounts: 2, othersCertificates: 1000,
		}
	}
	return sizes{
		readRuns: 11, scanRuns: 3, readFiles: 10, scanFiles: 3, rampStep: 4 * time.Second, uploadTime: 30 * time.Second,
		largeUploads: 50, largeSize: 15 << 20, certificates: 300, noops: 500, reads: 100, bulk: 500, bulkChain: 2000, singles: 5,
		deliveryTime: time.Minute, listFew: 1000, listSome: 100_000, listMany: 1_000_000, listRequests: 300,
		otherAccounts: 4, othersCertificates: 25_000,
	}
}

// section is a part of the report.
type section struct {
	name  string
	about string
	run   func(context.Context, *run) error
}

func sections() []section {
	return []section{
		{"read", "one certificate, read in this machine's fastest tools' time", measureReading},
		{"upload", "single uploads over HTTP; no worker runs", measureUploads},
		{"certificates", "single uploads through to their verdicts", measureCertificates},
		{"bulk", "one bulk upload through to its verdicts", measureBulk},
		{"fairness", "a single upload of one account during a bulk job of another", measureFairness},
		{"deliveries", "webhooks to endpoints of which one hangs", measureDeliveries},
		{"lists", "pages of certificates, and the console's filters", measureLists},
	}
}

// Sections names the sections in the order in which they run.
func Sections() []string {
	var names []string
	for _, s := range sections() {
		names = append(names, s.name)
	}
	return names
}

// run is the section that is being measured.
type run struct {
	sizes
	seed     uint64
	progress func(string)
	program  string
	out      *Section
	parts    map[string]float64 // figures that a later section predicts from
}

func (r *run) add(f Figure) { r.out.Figures = append(r.out.Figures, f) }

func (r *run) say(format string, args ...any) {
	r.progress(r.out.Name + ": " + fmt.Sprintf(format, args...))
}

// Run measures. A section that fails is in the report with its error, and the others go on; the error is theirs joined.
func Run(ctx context.Context, o Options) (*Report, error) {
	for _, name := range o.Only {
		if !slices.Contains(Sections(), name) {
			return nil, fmt.Errorf("there is no section %q: the sections are %s", name, strings.Join(Sections(), ", "))
		}
	}
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		return nil, fmt.Errorf("memory and CPU time of processes are read from /proc, which only Linux has: %w", err)
	}
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	report := &Report{Machine: thisMachine(), Seed: o.Seed, Small: o.Small, Started: time.Now().UTC().Truncate(time.Second)}
	parts := map[string]float64{}
	var all error
	for _, s := range sections() {
		if len(o.Only) > 0 && !slices.Contains(o.Only, s.name) {
			continue
		}
		r := &run{sizes: o.sizes(), seed: o.Seed, progress: o.Progress, program: program, out: &Section{Name: s.name, About: s.about}, parts: parts}
		r.say("%s", s.about)
		if err := r.measure(ctx, s); err != nil {
			r.out.Error = err.Error()
			all = errors.Join(all, fmt.Errorf("%s: %w", s.name, err))
		}
		report.Sections = append(report.Sections, *r.out)
		if ctx.Err() != nil {
			break
		}
	}
	return report, all
}

// measure runs a section and notes how long it took and what the rest of the machine did meanwhile.
func (r *run) measure(ctx context.Context, s section) error {
	began := time.Now()
	busy, err := machineCPU()
	if err != nil {
		return err
	}
	ours, err := treeCPU(os.Getpid())
	if err != nil {
		return err
	}
	err = s.run(ctx, r)
	took := time.Since(began)
	r.out.Seconds = took.Seconds()
	busyAfter, errBusy := machineCPU()
	oursAfter, errOurs := treeCPU(os.Getpid())
	if errBusy == nil && errOurs == nil {
		foreign := (busyAfter - busy) - (total(oursAfter) - total(ours))
		r.out.OthersCores = max(0, foreign.Seconds()/took.Seconds())
	}
	return errors.Join(err, errBusy, errOurs)
}

// thisMachine describes the machine that absolute figures belong to.
func thisMachine() Machine {
	m := Machine{Cores: runtime.NumCPU(), Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH}
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		m.CPU = lineValue(string(info), "model name")
	}
	if info, err := os.ReadFile("/proc/meminfo"); err == nil {
		m.Memory = lineValue(string(info), "MemTotal")
	}
	return m
}

// lineValue is what follows the colon of the first line that begins with name.
func lineValue(text, name string) string {
	for line := range strings.Lines(text) {
		key, value, found := strings.Cut(line, ":")
		if found && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
