package command

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"ventral/cmd/cortex/exit"
)

// cifarBytes is the size of each file of CIFAR-10's binary version.
const cifarBytes = 10_000 * (32*32*3 + 1)

// cifarFolder makes a folder with the files of CIFAR-10, all zero and taking no
// room on disk, and returns it.
func cifarFolder(t *testing.T, parent, name string, edit func(folder string)) {
	t.Helper()
	folder := filepath.Join(parent, name)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"} {
		path := filepath.Join(folder, f)
		if err := os.WriteFile(path, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, cifarBytes); err != nil {
			t.Fatal(err)
		}
	}
	if edit != nil {
		edit(folder)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// goType finds what only a programmer understands.
var goType = regexp.MustCompile(`map\[|\[\]|\*[a-z]|\bint(32|64)?\b|float64|interface|struct|goroutine|\.go:|%!|reflect|nil\b|panic`)

// TestFaulty runs cortex check on files with one mistake each, of the kinds that
// people make, and on their twins without it. The first line of a file says
// where the mistake stands and how the message begins:
//
//	# want LINE:COLUMN key: message
//
// and a second line "# args …" has flags of the command. Where a flag is to
// blame the message names it instead of a place. After a line "# data are missing"
// everything but the data is checked and printed.
func TestFaulty(t *testing.T) {
	root, err := filepath.Abs("../../../experiments/spec/testdata/faulty")
	must(t, err)
	files, err := filepath.Glob(filepath.Join(root, "*", "*.toml"))
	must(t, err)
	data := t.TempDir()
	cifarFolder(t, data, "cifar", nil)
	cifarFolder(t, data, "short", func(f string) { must(t, os.Truncate(filepath.Join(f, "data_batch_3.bin"), cifarBytes-1)) })
	cifarFolder(t, data, "missing", func(f string) { must(t, os.Remove(filepath.Join(f, "test_batch.bin"))) })
	must(t, os.Mkdir(filepath.Join(data, "empty"), 0o777))
	must(t, os.WriteFile(filepath.Join(data, "file"), []byte("no folder"), 0o666))
	count := map[string]int{}
	passed := map[string]bool{} // twins that say the same
	for _, path := range files {
		category := filepath.Base(filepath.Dir(path))
		name := category + "/" + strings.TrimSuffix(filepath.Base(path), ".toml")
		if strings.HasSuffix(name, ".ok") {
			continue
		}
		count[category]++
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(path)
			must(t, err)
			first, rest, _ := strings.Cut(string(text), "\n")
			want, ok := strings.CutPrefix(first, "# want ")
			if !ok {
				t.Fatalf("the first line is %q, want # want …", first)
			}
			file := filepath.Join(data, filepath.Base(path))
			if !strings.HasPrefix(want, "--set ") {
				want = file + ":" + want
				if place := regexp.MustCompile(`^\d+:\d+ `).FindString(first[len("# want "):]); place != "" {
					want = file + ":" + strings.TrimSpace(place) + ": " + first[len("# want ")+len(place):]
				}
			}
			begun := time.Now()
			status, out, errs := checkFile(t, file, text, argsOf(rest))
			if spent := time.Since(begun); spent > time.Second && !testing.Short() {
				t.Errorf("took %v, want less than a second", spent)
			}
			if status != exit.WrongInput {
				t.Errorf("status %d, want %d", status, exit.WrongInput)
			}
			if strings.Contains(rest, "# data are missing\n") {
				if !strings.Contains(out, "note: the data were not checked, since they cannot be read; everything else was") || !strings.Contains(out, "all in use") {
					t.Errorf("standard output %q, want all that is known without the data", out)
				}
			} else if out != "" {
				t.Errorf("standard output %q, want none", out)
			}
			line, _, _ := strings.Cut(errs, "\n")
			if !strings.HasPrefix(line, want) {
				t.Errorf("got  %s\nwant %s", line, want)
			}
			if word := goType.FindString(strings.ReplaceAll(line, file, "")); word != "" {
				t.Errorf("%s\nsays %q, which only a programmer understands", line, word)
			}
			if problem := excerpt(errs, string(text)); problem != "" && !strings.HasPrefix(want, "--set ") {
				t.Errorf("%s\n%s", errs, problem)
			}
			twin, err := os.ReadFile(strings.TrimSuffix(path, ".toml") + ".ok.toml")
			must(t, err)
			if passed[string(twin)] {
				return
			}
			_, rest, _ = strings.Cut(string(twin), "\n")
			if status, _, errs := checkFile(t, filepath.Join(data, "twin.toml"), twin, argsOf(rest)); status != exit.OK {
				t.Errorf("the twin without the fault: status %d\n%s", status, errs)
			}
			passed[string(twin)] = true
		})
	}
	for _, category := range []string{"syntax", "key", "type", "range", "reference", "shape", "cycle", "sharing", "readout", "data"} {
		if count[category] < 5 {
			t.Errorf("%d faults of %s, want five or more", count[category], category)
		}
	}
}

// argsOf returns the flags of a line "# args …".
func argsOf(text string) []string {
	line, _, _ := strings.Cut(text, "\n")
	if flags, ok := strings.CutPrefix(line, "# args "); ok {
		return strings.Fields(flags)
	}
	return nil
}

// checkFile runs cortex check on a file, in a folder that must stay empty.
func checkFile(t *testing.T, file string, text []byte, args []string) (status int, out, errs string) {
	t.Helper()
	must(t, os.WriteFile(file, text, 0o666))
	t.Chdir(t.TempDir())
	var o, e bytes.Buffer
	status = Main(append([]string{"check", file}, args...), &o, &e)
	left, err := os.ReadDir(".")
	must(t, err)
	if len(left) > 0 {
		t.Errorf("check wrote %v", left)
	}
	return status, o.String(), e.String()
}

// excerpt says what is wrong with the lines below a message: the line of the
// file and a caret below its column.
func excerpt(errs, text string) string {
	place := regexp.MustCompile(`:(\d+):(\d+): `).FindStringSubmatch(errs)
	lines := strings.Split(errs, "\n")
	if place == nil || len(lines) < 3 {
		return "has no place with its line below"
	}
	row, _ := strconv.Atoi(place[1])
	column, _ := strconv.Atoi(place[2])
	if got, want := lines[1], fmt.Sprintf("%6d | %s", row, strings.Split(text, "\n")[row-1]); got != want {
		return fmt.Sprintf("shows %q, want %q", got, want)
	}
	if got, want := []rune(lines[2]), len("       | ")+column-1; len(got) != want+1 || got[want] != '^' {
		return fmt.Sprintf("has its caret at %d, want %d", len(got)-1, want)
	}
	return ""
}
