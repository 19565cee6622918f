package proc

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Tick is the unit of CPU times in /proc, USER_HZ, which is 100 on every Linux that Go runs on.
const Tick = time.Second / 100

// Stat is what /proc/PID/stat says that matters here. Reaped children count into CPU.
type Stat struct {
	PID, Parent int
	Name        string
	CPU         time.Duration
}

// ParseStat reads a line of /proc/PID/stat; the name may hold anything, parentheses too.
func ParseStat(line string) (Stat, error) {
	open, end := strings.IndexByte(line, '('), strings.LastIndexByte(line, ')')
	if open < 1 || end < open {
		return Stat{}, fmt.Errorf("not a line of /proc/PID/stat: %q", line)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line[:open]))
	rest := strings.Fields(line[end+1:])
	if err != nil || len(rest) < 15 {
		return Stat{}, fmt.Errorf("not a line of /proc/PID/stat: %q", line)
	}
	parent, err := strconv.Atoi(rest[1])
	if err != nil {
		return Stat{}, fmt.Errorf("not a line of /proc/PID/stat: %q", line)
	}
	s := Stat{PID: pid, Parent: parent, Name: line[open+1 : end]}
	for _, field := range rest[11:15] { // utime, stime, cutime, cstime
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return Stat{}, fmt.Errorf("not a line of /proc/PID/stat: %q", line)
		}
		s.CPU += time.Duration(n) * Tick
	}
	return s, nil
}

// List is the processes that live now. One that ends meanwhile is left out.
func List() ([]Stat, error) {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	var all []Stat
	for _, file := range files {
		line, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		s, err := ParseStat(string(line))
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// Descendants are root and what it started, directly or not.
func Descendants(all []Stat, root int) []Stat {
	children := map[int][]Stat{}
	var found []Stat
	for _, s := range all {
		children[s.Parent] = append(children[s.Parent], s)
		if s.PID == root {
			found = append(found, s)
		}
	}
	for i := 0; i < len(found); i++ {
		found = append(found, children[found[i].PID]...)
	}
	return found
}
