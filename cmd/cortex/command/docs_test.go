package command

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/decode"
	"ventral/experiments/spec"
)

// blocks returns the text of the code blocks of one language.
func blocks(t *testing.T, page, language string) (list []string) {
	t.Helper()
	b, err := os.ReadFile(page)
	must(t, err)
	for _, m := range regexp.MustCompile("(?s)```"+language+"\n(.*?)```").FindAllStringSubmatch(string(b), -1) {
		list = append(list, m[1])
	}
	return list
}

const guide = "../../../docs/experiment.md"

// TestGuideFiles reads every block of docs/experiment.md: a whole file as it
// is, a part as a variant of the page's first file.
func TestGuideFiles(t *testing.T) {
	list := blocks(t, guide, "toml")
	if len(list) < 10 || !strings.HasPrefix(list[0], "format = 2\n") {
		t.Fatalf("found %d blocks, of which the first must be a whole file", len(list))
	}
	header := regexp.MustCompile(`(?m)^\[`)
	control := regexp.MustCompile(`(?m)^control = .*\n`)
	for _, part := range list {
		name, _, _ := strings.Cut(part, "\n")
		t.Run(name, func(t *testing.T) {
			text, o := part, spec.Overrides{}
			switch {
			case strings.HasPrefix(part, "format = 2\n"):
			case strings.Contains(part, "[variant."):
				// keys at the top and variants of their own
				top := control.FindString(part)
				text = strings.Replace(list[0], "steps = 6\n", "steps = 6\n"+top, 1) + strings.Replace(part, top, "", 1)
			default:
				text = list[0] + "\n[variant.page]\n" + header.ReplaceAllString(part, "[variant.page.")
				o.Variant = "page"
			}
			e, err := spec.Read("my.toml", text, o)
			if err != nil {
				if f, ok := err.(*decode.Fault); ok {
					t.Fatalf("%v\n%s", err, f.Excerpt())
				}
				t.Fatal(err)
			}
			for _, v := range e.Control {
				if _, err := spec.Read("my.toml", text, spec.Overrides{Variant: v}); err != nil {
					t.Errorf("variant %s: %v", v, err)
				}
			}
			if e.Variant != "" {
				plain, err := spec.Read("my.toml", list[0], spec.Overrides{})
				must(t, err)
				if e.TOML() == plain.TOML() {
					t.Error("the block changes nothing")
				}
			}
		})
	}
}

// runPage runs every command of a page in the order of the page and returns how
// many there are.
func runPage(t *testing.T, dir, page string) (n int) {
	for _, block := range blocks(t, page, "sh") {
		for _, line := range strings.Split(strings.TrimSpace(block), "\n") {
			line, _, _ = strings.Cut(line, "  #")
			args := words(line)
			if args[0] != "cortex" {
				t.Errorf("%s: want a command of cortex", line)
				continue
			}
			if out, err := process(dir, args[1:]...).CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s", line, err, out)
			}
			n++
		}
	}
	return n
}

// TestGuideCommands runs every command of docs/experiment.md.
func TestGuideCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: some of the commands train")
	}
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "my.toml"), []byte(blocks(t, guide, "toml")[0]), 0o666))
	if n := runPage(t, dir, guide); n < 10 {
		t.Errorf("found %d commands", n)
	}
	if _, err := os.Stat(filepath.Join(dir, "runs/my/index.html")); err != nil {
		t.Error(err)
	}
}

// TestRunCommands runs every command of docs/runs.md, with the experiment of
// docs/experiment.md.
func TestRunCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: some of the commands train")
	}
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "my.toml"), []byte(blocks(t, guide, "toml")[0]), 0o666))
	if n := runPage(t, dir, "../../../docs/runs.md"); n < 9 {
		t.Errorf("found %d commands", n)
	}
}

// TestDataCommands runs every command of docs/data.md, with the experiment of
// docs/experiment.md, and reads the values of its tables.
func TestDataCommands(t *testing.T) {
	const page = "../../../docs/data.md"
	dir := t.TempDir()
	text := blocks(t, guide, "toml")[0]
	must(t, os.WriteFile(filepath.Join(dir, "my.toml"), []byte(text), 0o666))
	if n := runPage(t, dir, page); n < 7 {
		t.Errorf("found %d commands", n)
	}
	b, err := os.ReadFile(page)
	must(t, err)
	read := 0
	for _, m := range regexp.MustCompile("`(\"[a-z0-9-]+\"|\\{[^`]*\\})`").FindAllStringSubmatch(string(b), -1) {
		key := "normalise"
		if regexp.MustCompile("pad|crop|kind|he2015").MatchString(m[1]) {
			key = "augment"
		}
		if _, err := spec.Read("my.toml", text, spec.Overrides{Set: []string{"stimuli." + key + "=" + m[1]}}); err == nil {
			read++
		} else if !regexp.MustCompile("images of 1 channel").MatchString(err.Error()) {
			t.Errorf("%s: %v", m[1], err)
		}
	}
	if read < 6 {
		t.Errorf("read %d values", read)
	}
}

// TestSweepCommands runs every command of docs/sweeps.md, with the experiment of
// docs/experiment.md and the sweeps of the page, each of which begins with its
// name. One seed is enough to see that they work.
func TestSweepCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: some of the commands train")
	}
	const page = "../../../docs/sweeps.md"
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "my.toml"), []byte(blocks(t, guide, "toml")[0]), 0o666))
	for _, text := range blocks(t, page, "toml") {
		name, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
		must(t, os.WriteFile(filepath.Join(dir, name), []byte(strings.Replace(text, "seeds = 2 ", "seeds = 1 ", 1)), 0o666))
	}
	if n := runPage(t, dir, page); n < 8 {
		t.Errorf("found %d commands", n)
	}
	if _, err := os.Stat(filepath.Join(dir, "sweeps/rates/results.csv")); err != nil {
		t.Error(err)
	}
}

// TestCompareCommands runs every command of docs/compare.md with one seed, and
// reads its table as part of the experiment of docs/experiment.md.
func TestCompareCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the commands train")
	}
	const page = "../../../docs/compare.md"
	dir := t.TempDir()
	my := blocks(t, guide, "toml")[0]
	must(t, os.WriteFile(filepath.Join(dir, "my.toml"), []byte(my), 0o666))
	text, err := os.ReadFile(page)
	must(t, err)
	short := filepath.Join(dir, "compare.md")
	text = bytes.ReplaceAll(text, []byte("--seeds 6"), []byte("--seeds 1"))
	// The runs of one comparison draw their figures, those of the others need not.
	text = bytes.ReplaceAll(text, []byte("adjacent --seeds 1"), []byte("adjacent --seeds 1 --no-figures"))
	text = bytes.ReplaceAll(text, []byte("--seeds 1 --out"), []byte("--seeds 1 --no-figures --out"))
	must(t, os.WriteFile(short, text, 0o666))
	if n := runPage(t, dir, short); n < 5 {
		t.Errorf("found %d commands", n)
	}
	for _, name := range []string{"compare-my", "compare-my-patterns", "tuned"} {
		if _, err := os.Stat(filepath.Join(dir, "runs", name, "index.html")); err != nil {
			t.Error(err)
		}
	}
	e, err := spec.Read("my.toml", my+blocks(t, page, "toml")[0], spec.Overrides{})
	must(t, err)
	if c := e.Compare; c.Seeds != 6 || len(c.Variants) != 2 || len(c.Tune) != 1 || c.Tune[0].Values[1] != "0.001" || c.Match.To != "my" {
		t.Errorf("the table compare is read as %+v", c)
	}
}

// TestReferenceIsCurrent holds docs/reference.md to the code:
//
//	go run ./cmd/cortex list --markdown > docs/reference.md
func TestReferenceIsCurrent(t *testing.T) {
	want, err := os.ReadFile("../../../docs/reference.md")
	must(t, err)
	var out, errs bytes.Buffer
	if status := Main([]string{"list", "--markdown"}, &out, &errs); status != exit.OK {
		t.Fatalf("status %d: %s", status, errs.String())
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Error("docs/reference.md is not what cortex list --markdown prints; write it again: go run ./cmd/cortex list --markdown > docs/reference.md")
	}
}
