package command

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ventral/cortex/recording"
	"ventral/experiments/spec"
	"ventral/nn/safetensors"
)

// asCortex in the environment makes the test program answer as cortex, so that
// signals and exit statuses are those of a process.
const asCortex = "CORTEX_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asCortex) != "" {
		os.Exit(Main(os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// process returns the program as a process that has not begun.
func process(dir string, args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Dir = dir
	c.Env = append(os.Environ(), asCortex+"=1", "PWD="+dir, "XDG_CACHE_HOME="+filepath.Join(dir, ".cache"))
	return c
}

// TestScripts runs what users type: testdata/script, one verb a file. A script
// begins in a folder of its own with small.toml, a cortex of two areas that
// trains in a moment, and the files below its lines "-- NAME --". Commands:
//
//	status N ARGS…      run cortex and want an exit status
//	stdout RE, stderr RE   want a line of what it said
//	grep RE FILE        want a line of a file
//	json FILE KEY…      want JSON of an object with these keys; FILE may be stdout
//	formats FOLDER      want format 2 in every file of a run
//	cmp A B, exists A…, cp A B, mkdir A, rm A…
//	cifar FOLDER FILE RECORD LABEL   make CIFAR-10's files, zero but for one label
//
// A "!" before a command wants the opposite.
func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/script/*.txtar")
	must(t, err)
	if len(paths) < 10 {
		t.Fatalf("found %d scripts", len(paths))
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			if testing.Short() && slices.Contains([]string{"run", "controls", "plot", "plotfigure", "together", "record", "data", "compare", "sweep"}, name) {
				t.Skip("-short: trains and draws for seconds")
			}
			t.Parallel()
			text, err := os.ReadFile(path)
			must(t, err)
			s := &script{T: t, dir: t.TempDir()}
			lines := s.unpack(string(text))
			small, err := os.ReadFile("testdata/small.toml")
			must(t, err)
			must(t, os.WriteFile(s.path("small.toml"), small, 0o666))
			for i, line := range lines {
				s.where = fmt.Sprintf("%s:%d: %s", path, i+1, line)
				s.line(line)
			}
		})
	}
}

// script is a script while it runs.
type script struct {
	*testing.T
	dir, where  string
	out, errors string // what cortex said last
}

func (s *script) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

func (s *script) fail(format string, args ...any) {
	s.Helper()
	s.Fatalf("%s\n%s\nstdout:\n%s\nstderr:\n%s", s.where, fmt.Sprintf(format, args...), s.out, s.errors)
}

// unpack writes the files of a script and returns its lines.
func (s *script) unpack(text string) []string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	end := len(lines)
	for i := len(lines) - 1; i >= 0; i-- {
		name, ok := strings.CutPrefix(lines[i], "-- ")
		if name, ok2 := strings.CutSuffix(name, " --"); ok && ok2 {
			must(s.T, os.WriteFile(s.path(name), []byte(strings.Join(lines[i+1:end], "\n")+"\n"), 0o666))
			end = i
		}
	}
	return lines[:end]
}

// read returns a file, or what cortex said.
func (s *script) read(name string) string {
	switch name {
	case "stdout":
		return s.out
	case "stderr":
		return s.errors
	}
	b, err := os.ReadFile(s.path(name))
	if err != nil {
		s.fail("%v", err)
	}
	return string(b)
}

// words splits a line; single quotes keep a word together.
func words(line string) (list []string) {
	for i, part := range strings.Split(line, "'") {
		switch {
		case i%2 == 0:
			list = append(list, strings.Fields(part)...)
		case i > 0:
			list = append(list, part)
		}
	}
	return list
}

func (s *script) line(line string) {
	if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
		return
	}
	rest, not := strings.CutPrefix(line, "! ")
	args := words(rest)
	verb, args := args[0], args[1:]
	holds := true
	switch verb {
	case "status":
		s.status(args)
	case "stdout", "stderr":
		holds = s.says(args[0], s.read(verb))
	case "grep":
		holds = s.says(args[0], s.read(args[1]))
	case "cmp":
		holds = s.read(args[0]) == s.read(args[1])
	case "exists":
		for _, name := range args {
			if _, err := os.Stat(s.path(name)); (err == nil) == not {
				s.fail("%s: %v", name, err)
			}
		}
		return
	case "cp":
		must(s.T, os.WriteFile(s.path(args[1]), []byte(s.read(args[0])), 0o666))
	case "mkdir":
		must(s.T, os.MkdirAll(s.path(args[0]), 0o777))
	case "rm":
		for _, name := range args {
			must(s.T, os.RemoveAll(s.path(name)))
		}
	case "json":
		s.json(args[0], args[1:])
	case "formats":
		s.formats(args[0])
	case "cifar":
		var record, label int
		_, err := fmt.Sscan(args[2]+" "+args[3], &record, &label)
		must(s.T, err)
		cifarFolder(s.T, s.dir, args[0], func(folder string) {
			f, err := os.OpenFile(filepath.Join(folder, args[1]), os.O_WRONLY, 0)
			must(s.T, err)
			_, err = f.WriteAt([]byte{byte(label)}, int64(record)*3073)
			must(s.T, err)
			must(s.T, f.Close())
		})
	default:
		s.fail("there is no command %q", verb)
	}
	if holds == not {
		s.fail("want the opposite")
	}
}

// says reports whether a line of text matches.
func (s *script) says(expression, text string) bool {
	re, err := regexp.Compile("(?m)" + expression)
	if err != nil {
		s.fail("%v", err)
	}
	return re.MatchString(text)
}

func (s *script) status(args []string) {
	var out, errs strings.Builder
	c := process(s.dir, args[1:]...)
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	s.out, s.errors = out.String(), errs.String()
	if got := fmt.Sprint(c.ProcessState.ExitCode()); got != args[0] {
		s.fail("ended with status %s, %v", got, err)
	}
}

func (s *script) json(name string, keys []string) {
	var x map[string]any
	if err := json.Unmarshal([]byte(s.read(name)), &x); err != nil {
		s.fail("%v", err)
	}
	for _, key := range keys {
		if _, ok := x[key]; !ok {
			s.fail("there is no key %q", key)
		}
		if key == "format" && x[key] != float64(spec.Format) {
			s.fail("format %v, want %d", x[key], spec.Format)
		}
	}
}

func (s *script) formats(folder string) {
	found := map[string]int{}
	err := filepath.WalkDir(s.path(folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		read, ok := formatOf[filepath.Ext(path)]
		// That of an analysis' tables is in the file beside them.
		if !ok || d.Name() == "source.toml" || filepath.Ext(path) == ".csv" && strings.Contains(filepath.ToSlash(path), "/analyses/") {
			return nil
		}
		found[filepath.Ext(path)]++
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		if format, err := read(f); err != nil || format != "2" {
			return fmt.Errorf("%s: format %q, %v; want 2", path, format, err)
		}
		return nil
	})
	if err != nil {
		s.fail("%v", err)
	}
	for ext := range formatOf {
		if found[ext] == 0 {
			s.fail("found no file %s", ext)
		}
	}
}

// formatOf reads the format that a file says it has.
var formatOf = map[string]func(*os.File) (string, error){
	".json": func(f *os.File) (string, error) {
		var x struct {
			Format json.Number `json:"format"`
		}
		err := json.NewDecoder(f).Decode(&x)
		return x.Format.String(), err
	},
	".jsonl": func(f *os.File) (format string, err error) {
		lines := bufio.NewScanner(f)
		for lines.Scan() {
			var x struct {
				Format json.Number `json:"format"`
			}
			if err := json.Unmarshal(lines.Bytes(), &x); err != nil {
				return "", err
			}
			if format = x.Format.String(); format != "2" {
				return format, nil
			}
		}
		return format, lines.Err()
	},
	".csv": func(f *os.File) (format string, err error) {
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil || len(rows) < 2 || rows[0][0] != "format" {
			return "", fmt.Errorf("%d rows, %v", len(rows), err)
		}
		for _, r := range rows[1:] {
			if format = r[0]; format != "2" {
				break
			}
		}
		return format, nil
	},
	".toml": func(f *os.File) (string, error) {
		b, err := io.ReadAll(f)
		line, _, _ := strings.Cut(string(b), "\n")
		return strings.TrimPrefix(line, "format = "), err
	},
	".safetensors": func(f *os.File) (string, error) {
		info, err := f.Stat()
		if err != nil {
			return "", err
		}
		_, meta, err := safetensors.Read(f, info.Size())
		return meta["format"], err
	},
	".npz": func(f *os.File) (string, error) {
		info, err := f.Stat()
		if err != nil {
			return "", err
		}
		z, err := zip.NewReader(f, info.Size())
		if err != nil {
			return "", err
		}
		array, err := z.Open("format.npy")
		if err != nil {
			return "", err
		}
		_, _, err = recording.ReadHeader(array)
		if err != nil {
			return "", err
		}
		b, err := io.ReadAll(array)
		if err != nil || len(b) != 8 {
			return "", fmt.Errorf("format.npy has %d bytes, %v", len(b), err)
		}
		return fmt.Sprint(b[0]), nil
	},
}
