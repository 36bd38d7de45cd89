package command

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/trials"
)

// mutant is a folder with a finished run, a sweep and a comparison in which files
// are damaged.
type mutant struct {
	dir   string
	whole map[string][]byte // every file as it was
	names []string
	tries map[string][]string // verbs by the first folder of a file that they read
	said  map[string]string   // what each verb says of whole files
	r     *rand.Rand
}

// TestMutations damages files of a run, a sweep and a comparison, and arguments,
// one at a time, and asks every verb: none panics, takes ten seconds of a processor
// or more than 1 GiB, and none says with status 0 another result than that of
// whole files. CORTEX_MUTATIONS says how many; CORTEX_SEED
// draws others.
func TestMutations(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: begins many processes")
	}
	count := trials.Number(t, "CORTEX_MUTATIONS", 40)
	seed := uint64(trials.Number(t, "CORTEX_SEED", 1))
	m := newMutant(t, seed)
	kinds := map[string]int{}
	for i := range count {
		file := m.names[m.r.IntN(len(m.names))]
		kind, b := m.damage(file)
		if b == nil && filepath.Base(file) == "run.json" {
			continue // a folder without it is that of no run, and no list has it
		}
		args := m.verb(file)
		if m.r.IntN(8) == 0 {
			kind, b = "argument", m.whole[file]
			args = m.argument(args)
		}
		kinds[kind]++
		m.put(t, file, b)
		m.ask(t, fmt.Sprintf("seed %d, mutation %d: %s of %s", seed, i, kind, file), args, kind == "argument")
		m.restore(t)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d mutations: %v", count, kinds)
}

func newMutant(t *testing.T, seed uint64) *mutant {
	t.Helper()
	m := &mutant{dir: t.TempDir(), whole: map[string][]byte{}, said: map[string]string{}, r: rand.New(rand.NewPCG(seed, 1)),
		tries: map[string][]string{
			"r": {"show r", "show r --json", "ls r --json", "ls r", "diff r r2 --json", "show r weights", "show r graph", "plot r", "verify r", "record r --images 4",
				"run r --resume", "compare r r2 --out new --json", "check r", "ls --filter validation>=0 --sort -test r"},
			"s": {"sweep status s --json", "sweep collect s --json", "sweep run s", "ls s --json", "sweep submit s --script"},
			"c": {"plot c", "ls c --json", "compare small.toml --seeds 1 --out c --no-figures", "rm c"},
		}}
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(m.dir, "small.toml"), slices.Concat([]byte("control = [\"forward\"]\n"), small), 0o666))
	must(t, os.WriteFile(filepath.Join(m.dir, "sweep.toml"), []byte("experiment = \"small.toml\"\nseeds = 2\n"), 0o666))
	for _, line := range []string{"run small.toml --out r --no-figures", "run small.toml --out r2 --no-figures --seed 2", "sweep run sweep.toml --out s --workers 1", "compare small.toml --seeds 1 --workers 1 --out c --no-figures"} {
		if out, err := process(m.dir, strings.Fields(line)...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
	}
	must(t, filepath.WalkDir(m.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(path, filepath.Join(m.dir, ".cache")) {
			return err
		}
		name, err := filepath.Rel(m.dir, path)
		if err != nil {
			return err
		}
		if m.whole[name], err = os.ReadFile(path); err == nil && !strings.Contains(name, "figures/") {
			m.names = append(m.names, name)
		}
		return err
	}))
	slices.Sort(m.names)
	m.names = slices.DeleteFunc(m.names, func(name string) bool { _, ok := m.tries[strings.Split(name, "/")[0]]; return !ok })
	for _, lines := range m.tries {
		for _, line := range lines {
			if reads(line) {
				out, _, status, _ := m.run(t, strings.Fields(line))
				if status != exit.OK {
					t.Fatalf("%s of whole files: status %d\n%s", line, status, out)
				}
				m.said[line] = numbers(out)
				if strings.Contains(line, "--json") && m.said[line] == "" && !strings.HasPrefix(line, "diff") {
					t.Fatalf("%s of whole files has no results:\n%s", line, out)
				}
			}
		}
	}
	m.restore(t)
	return m
}

// reads reports whether what a verb prints are results, without times and without
// what it was damaged to be asked for again.
func reads(line string) bool {
	return !slices.ContainsFunc([]string{"plot", "verify", "record", "run", "rm", "sweep run", "compare", "sweep submit"}, func(v string) bool { return strings.HasPrefix(line, v+" ") })
}

// numbers are the results in what a verb printed: accuracies, losses, counts.
func numbers(out string) string {
	return strings.Join(regexp.MustCompile(`"(?:\w*accuracy\w*|loss|\w*_loss|correct|images|parameters|value|mean|low|high|step)": *[^\n]*|\d+\.\d+ %|loss \d+\.\d+`).FindAllString(out, -1), "\n")
}

func (m *mutant) verb(file string) []string {
	lines := m.tries[strings.Split(file, "/")[0]]
	return strings.Fields(lines[m.r.IntN(len(lines))])
}

// damage returns a file with one kind of damage; nil is a file that is gone.
func (m *mutant) damage(file string) (kind string, b []byte) {
	b = bytes.Clone(m.whole[file])
	if len(b) == 0 {
		return "rubbish", []byte("\x00\xff{[\"")
	}
	switch m.r.IntN(9) {
	case 0, 1:
		b[m.r.IntN(len(b))] ^= 1 << m.r.IntN(8)
		return "a flipped bit", b
	case 2:
		return "a cut", b[:m.r.IntN(len(b))]
	case 3:
		return "a loss", nil
	case 4:
		other := m.names[m.r.IntN(len(m.names))]
		return "another file", m.whole[other]
	case 5:
		at := m.r.IntN(len(b))
		return "a hole", append(b[:at], b[min(at+1+m.r.IntN(64), len(b)):]...)
	case 6:
		at := m.r.IntN(len(b))
		return "an insertion", slices.Concat(b[:at], []byte(hostile[m.r.IntN(len(hostile))]), b[at:])
	case 7:
		spots := regexp.MustCompile(`-?\d+(\.\d+)?|"[^"\n]*"|true|false|null|\[[^\[\]\n]*\]`).FindAllIndex(b, -1)
		if len(spots) > 0 {
			s := spots[m.r.IntN(len(spots))]
			return "another value", slices.Concat(b[:s[0]], []byte(hostile[m.r.IntN(len(hostile))]), b[s[1]:])
		}
	}
	return "rubbish", bytes.Repeat([]byte{byte(m.r.IntN(256))}, m.r.IntN(1<<16))
}

var hostile = []string{"null", "-1", "1e308", "99999999999999999999", "\"\"", "\"../../victim\"", "\"\\u001b[2J\"", "[]", "{}", "[[[[[[[[[[", "true", "NaN", "\x00", "\"" + strings.Repeat("x", 5000) + "\"", "0.5", "[null]"}

// argument spoils one argument.
func (m *mutant) argument(args []string) []string {
	args = slices.Clone(args)
	odd := []string{"", "-", "--", "..", "/dev/null", "r/../r", strings.Repeat("x", 300), "--set", "--set=a.b=", "--seed=-1", "--threads=0", "\x1b[2J", "--out=/dev/full/x", "r/run.json", "--json=maybe"}[m.r.IntN(15)]
	if i := m.r.IntN(len(args) + 1); i < len(args) && args[0] != "rm" {
		args[i] = odd
	} else {
		args = append(args, odd)
	}
	return args
}

func (m *mutant) put(t *testing.T, file string, b []byte) {
	t.Helper()
	path := filepath.Join(m.dir, file)
	if b == nil {
		must(t, os.Remove(path))
		return
	}
	must(t, os.WriteFile(path, b, 0o666))
}

// restore makes every file what it was, and removes those that are new.
func (m *mutant) restore(t *testing.T) {
	t.Helper()
	left := maps.Clone(m.whole)
	must(t, filepath.WalkDir(m.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(m.dir, path)
		if err != nil {
			return err
		}
		b, ok := m.whole[name]
		if !ok {
			return os.Remove(path)
		}
		delete(left, name)
		if is, err := os.ReadFile(path); err == nil && bytes.Equal(is, b) {
			return nil
		}
		return os.WriteFile(path, b, 0o666)
	}))
	for name, b := range left {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(m.dir, name)), 0o777))
		must(t, os.WriteFile(filepath.Join(m.dir, name), b, 0o666))
	}
}

// run runs a verb in a process with 1 GiB of data at most. It returns the time of
// processors that it took.
func (m *mutant) run(t *testing.T, args []string) (out, errs string, status int, took time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // a busy machine has its share
	defer cancel()
	p := process(m.dir, args...)
	limited := exec.CommandContext(ctx, "prlimit", append([]string{"--data=" + strconv.Itoa(1<<30), p.Path}, args...)...)
	limited.Dir, limited.Env = p.Dir, p.Env
	var a, b bytes.Buffer
	limited.Stdout, limited.Stderr = &a, &b
	limited.Run()
	s := limited.ProcessState
	return a.String(), b.String(), s.ExitCode(), s.UserTime() + s.SystemTime()
}

func (m *mutant) ask(t *testing.T, what string, args []string, free bool) {
	t.Helper()
	out, errs, status, took := m.run(t, args)
	line := strings.Join(args, " ")
	for _, word := range []string{"internal error", "panic:", "goroutine ", "out of memory"} {
		if strings.Contains(errs, word) {
			t.Errorf("%s: %q:\n%s", what, line, errs)
			return
		}
	}
	switch {
	case status < 0 || took > 10*time.Second:
		t.Errorf("%s: %q took %v, status %d", what, line, took, status)
	case status != exit.OK && strings.TrimSpace(errs) == "":
		t.Errorf("%s: %q ends with status %d and no word", what, line, status)
	case status == exit.OK && !free && reads(line) && m.said[line] != "" && numbers(out) != m.said[line]:
		t.Errorf("%s: %q says with status 0\n%s\nof whole files it says\n%s", what, line, numbers(out), m.said[line])
	}
}
