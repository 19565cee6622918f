package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of CPU times in /proc, USER_HZ, which is 100 on every Linux that Go runs on.
const tick = time.Second / 100

// stat is what /proc/PID/stat says that matters here. Reaped children count into cpu.
type stat struct {
	pid, parent int
	name        string
	cpu         time.Duration
}

// parseStat reads a line of /proc/PID/stat; the name may hold anything, parentheses too.
func parseStat(line string) (stat, error) {
	open, end := strings.IndexByte(line, '('), strings.LastIndexByte(line, ')')
	if open < 1 || end < open {
		return stat{}, fmt.Errorf("not a line of /proc/PID/stat: %q", line)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line[:open]))
	rest := strings.Fields(line[end+1:])
	if err != nil || len(rest) < 15 {
		return stat{}, fmt.Errorf("not a line of /proc/PID/stat: %q", line)
	}
	parent, err := strconv.Atoi(rest[1])
	if err != nil {
		return stat{}, fmt.Errorf("not a line of /proc/PID/stat: %q", line)
	}
	s := stat{pid: pid, parent: parent, name: line[open+1 : end]}
	for _, field := range rest[11:15] { // utime, stime, cutime, cstime
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return stat{}, fmt.Errorf("not a line of /proc/PID/stat: %q", line)
		}
		s.cpu += time.Duration(n) * tick
	}
	return s, nil
}

// processes are those that live now. One that ends meanwhile is left out.
func processes() ([]stat, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var all []stat
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		s, err := parseStat(string(line))
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// descendants are root and what it started, directly or not.
func descendants(all []stat, root int) []stat {
	children := map[int][]stat{}
	var found []stat
	for _, s := range all {
		children[s.parent] = append(children[s.parent], s)
		if s.pid == root {
			found = append(found, s)
		}
	}
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i].pid]...)
	}
	return found
}

// treeCPU is the CPU time of a process and all that it started, by what they are: postgres, temporald, api, worker, read-pdf, bench.
func treeCPU(root int) (map[string]time.Duration, error) {
	all, err := processes()
	if err != nil {
		return nil, err
	}
	parts := map[string]time.Duration{}
	for _, s := range descendants(all, root) {
		parts[partOf(s)] += s.cpu
	}
	return parts, nil
}

// partOf names what a process is: for certflow's own processes the command.
func partOf(s stat) string {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", s.pid))
	if err != nil {
		return s.name
	}
	for argument := range bytes.SplitSeq(line, []byte{0}) {
		if command := string(argument); slices.Contains([]string{"api", "worker", "read-pdf", "bench"}, command) {
			return command
		}
	}
	return s.name
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
	return time.Duration(busy) * tick, nil
}

// process is a certflow process that this program started.
type process struct {
	cmd    *exec.Cmd
	exited chan struct{}
}

// startProcess starts a command of this program. Only its errors are logged.
func startProcess(program string, env []string, args ...string) (*process, error) {
	cmd := exec.Command(program, append([]string{"--log-level", "error", "--log-format", "text"}, args...)...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the parent, which stops them in order
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start certflow %s: %w", strings.Join(args, " "), err)
	}
	p := &process{cmd: cmd, exited: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended does not matter once it was asked to
		close(p.exited)
	}()
	return p, nil
}

// stopTime is how long a process may take to end in order.
const stopTime = 20 * time.Second

// stop ends the process. It may be called again, and on none.
func (p *process) stop() {
	if p == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.NewTimer(stopTime)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}

// memory are bytes that a process has resident now, and at most since forgetPeak.
func (p *process) memory() (now, peak int64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
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
func (p *process) forgetPeak() error {
	file, err := os.OpenFile(fmt.Sprintf("/proc/%d/clear_refs", p.cmd.Process.Pid), os.O_WRONLY, 0)
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
