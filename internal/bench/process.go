package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"certflow/internal/proc"
)

// treeCPU is the CPU time of a process and all that it started, by what they are: postgres, temporald, api, worker, read-pdf, bench.
func treeCPU(root int) (map[string]time.Duration, error) {
	all, err := proc.List()
	if err != nil {
		return nil, err
	}
	parts := map[string]time.Duration{}
	for _, s := range proc.Descendants(all, root) {
		parts[partOf(s)] += s.CPU
	}
	return parts, nil
}

// partOf names what a process is: for certflow's own processes the command.
func partOf(s proc.Stat) string {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", s.PID))
	if err != nil {
		return s.Name
	}
	for argument := range bytes.SplitSeq(line, []byte{0}) {
		if command := string(argument); slices.Contains([]string{"api", "worker", "read-pdf", "bench"}, command) {
			return command
		}
	}
	return s.Name
}

// spent is the CPU time between two readings.
func spent(before, after map[string]time.Duration) map[string]time.Duration {
	out := map[string]time.Duration{}
	for part, cpu := range after {
		if d := cpu - before[part]; d > 0 {
			out[part] = d
		}
	}
	return out
}

func total(parts map[string]time.Duration) time.Duration {
	var sum time.Duration
	for _, cpu := range parts {
		sum += cpu
	}
	return sum
}

// perUnit writes CPU time by part, divided by n, the largest first.
func perUnit(parts map[string]time.Duration, n int) string {
	names := slices.SortedFunc(maps.Keys(parts), func(a, b string) int { return int(parts[b] - parts[a]) })
	var texts []string
	for _, name := range names {
		if ms := parts[name].Seconds() * 1000 / float64(n); ms >= 0.1 {
			texts = append(texts, fmt.Sprintf("%s %.1f ms", name, ms))
		}
	}
	return strings.Join(texts, ", ")
}

// machineCPU is the CPU time that all processes of the machine have used, the system's own included.
func machineCPU() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, fmt.Errorf("read the machine's CPU time: %w", err)
	}
	return parseMachineCPU(string(text))
}

// parseMachineCPU reads the first line of /proc/stat: all but idle, iowait and what is counted twice (guest).
func parseMachineCPU(text string) (time.Duration, error) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, fmt.Errorf("not /proc/stat: %q", line)
	}
	var busy int64
	for i, field := range fields[1:9] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("not /proc/stat: %q", line)
		}
		if i != 3 && i != 4 {
			busy += n
		}
	}
	return time.Duration(busy) * proc.Tick, nil
}

// startProcess starts a command of this program. Only its errors are logged.
func startProcess(program string, env []string, args ...string) (*proc.Process, error) {
	return proc.Start(program, env, os.Stderr, append([]string{"--log-level", "error", "--log-format", "text"}, args...)...)
}

// memoryOf are bytes that a process has resident now, and at most since forgetPeak.
func memoryOf(p *proc.Process) (now, peak int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.PID()))
	if err != nil {
		return 0, 0, fmt.Errorf("read the memory of a process: %w", err)
	}
	now, err = kilobytes(string(text), "VmRSS")
	if err != nil {
		return 0, 0, err
	}
	peak, err = kilobytes(string(text), "VmHWM")
	return now, peak, err
}

// forgetPeak lets the peak of a process's memory begin anew.
func forgetPeak(p *proc.Process) error {
	file, err := os.OpenFile(fmt.Sprintf("/proc/%d/clear_refs", p.PID()), os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("reset the peak of a process's memory: %w", err)
	}
	_, err = io.WriteString(file, "5")
	return errors.Join(err, file.Close())
}

// kilobytes reads a line of /proc/PID/status such as "VmHWM:   1234 kB", in bytes.
func kilobytes(text, name string) (int64, error) {
	number, found := strings.CutSuffix(lineValue(text, name), " kB")
	n, err := strconv.ParseInt(number, 10, 64)
	if !found || err != nil {
		return 0, fmt.Errorf("/proc says nothing of %s", name)
	}
	return n << 10, nil
}
