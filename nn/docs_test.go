package nn_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"ventral/nn"
)

var update = flag.Bool("update", false, "write the tables of functions in docs anew")

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../docs/program.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPageIsComplete holds docs/program.md to the registry: one section for each
// operation, in the registry's order, with its attributes in the order of a
// printed program and how it treats images.
func TestPageIsComplete(t *testing.T) {
	_, text, found := strings.Cut(page(t), "\n## Convolutions\n")
	if !found {
		t.Fatal("no part called Convolutions, with which the operations begin")
	}
	sections := regexp.MustCompile(`(?m)^### `).Split(text, -1)[1:]
	if len(sections) != len(nn.Ops()) {
		t.Errorf("got %d sections, want %d", len(sections), len(nn.Ops()))
	}
	code := regexp.MustCompile("`([^`]+)`")
	for i, section := range sections[:min(len(sections), len(nn.Ops()))] {
		title, body, _ := strings.Cut(section, "\n")
		op := nn.Ops()[i]
		if title != op.Name() {
			t.Errorf("section %d: got %q, want %q", i, title, op.Name())
			continue
		}
		var want, got []string
		for _, a := range nn.Attributes(op) {
			want = append(want, a.Name)
		}
		_, list, has := strings.Cut(body, "\nAttributes: ")
		for _, name := range code.FindAllStringSubmatch(list, -1) {
			if len(got) < len(want) {
				got = append(got, name[1])
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got attributes %v, want %v", title, got, want)
		}
		if none := strings.Contains(body, "No attributes."); none == has {
			t.Errorf("%s: says no attributes %v, lists some %v", title, none, has)
		}
		if !strings.Contains(body, " → ") && !strings.HasPrefix(strings.TrimSpace(body), "no arguments → ") {
			t.Errorf("%s: no line of arguments → results", title)
		}
		mark := map[nn.Locality]string{nn.PerImage: "*Per image.*", nn.Reduce: "*Adds.*", nn.Whole: "*Whole.*"}[op.Batch([]bool{true, true, true, true, true, true})]
		if !strings.Contains(body, mark) {
			t.Errorf("%s: want %s", title, mark)
		}
	}
}

// rows returns the rows of the functions in a table of docs/program.md.
func rows(row func(nn.Function) string) string {
	var text strings.Builder
	for _, f := range nn.Functions() {
		text.WriteString(row(f) + "\n")
	}
	return text.String()
}

// reads returns the names of what the slope of f reads.
func reads(f nn.Function) string {
	return strings.NewReplacer("argument", "x", "result", "y").Replace(f.Reads.String())
}

// TestTablesOfFunctions holds the tables of functions in docs to the registry.
// With -update it writes them.
func TestTablesOfFunctions(t *testing.T) {
	for _, table := range []struct {
		file, head, end string
		row             func(nn.Function) string
	}{
		{"../docs/program.md", "\n| fn | y |\n|---|---|\n", "\n", func(f nn.Function) string {
			return fmt.Sprintf("| %q | %s |", f.Name, f.Equation)
		}},
		{"../docs/program.md", "\n| fn | arguments | derivative |\n|---|---|---|\n", "\n", func(f nn.Function) string {
			return fmt.Sprintf("| %q | %s | %s |", f.Name, reads(f), f.Derivative)
		}},
		{"../docs/interpret.py", "\nUNARY = {\n", "}\n", func(f nn.Function) string {
			return fmt.Sprintf("    %q: lambda x: %s,", f.Name, f.NumPy)
		}},
		{"../docs/interpret.py", "\nUNARY_GRAD = {\n", "}\n", func(f nn.Function) string {
			return fmt.Sprintf("    %q: lambda %s: %s,", f.Name, reads(f), f.NumPySlope)
		}},
	} {
		text, err := os.ReadFile(table.file)
		if err != nil {
			t.Fatal(err)
		}
		before, rest, found := strings.Cut(string(text), table.head)
		got, after, ends := strings.Cut(rest, "\n"+table.end)
		if !found || !ends {
			t.Fatalf("%s: no table %q", table.file, table.head)
		}
		got += "\n"
		want := rows(table.row)
		if got == want {
			continue
		}
		if !*update {
			t.Errorf("%s: run go test ./nn -run Tables -update\ngot\n%swant\n%s", table.file, got, want)
			continue
		}
		if err := os.WriteFile(table.file, []byte(before+table.head+want+table.end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// withSection returns the page with the section of an operation: in the place of
// the one that it has, or behind that of the operation before it.
func withSection(page, before, name, body string) string {
	section := "### " + name + "\n\n" + strings.TrimSpace(body) + "\n\n"
	from, found := strings.Index(page, "### "+name+"\n"), true
	if from < 0 {
		from, found = strings.Index(page, "### "+before+"\n"), false
	}
	end := len(page)
	if next := regexp.MustCompile(`(?m)^##`).FindStringIndex(page[from+3:]); next != nil {
		end = from + 3 + next[0]
	}
	if !found {
		from = end
	}
	return strings.TrimRight(strings.TrimRight(page[:from], "\n")+"\n\n"+section+page[end:], "\n") + "\n"
}

// withLine returns the script with an operation's line: in the place of the one
// that it has, or as the first.
func withLine(script, name, numPy string) string {
	line := fmt.Sprintf("    %q: %s,\n", name, numPy)
	if old := regexp.MustCompile("(?m)^    " + regexp.QuoteMeta(strconv.Quote(name)) + ": .*\n"); old.MatchString(script) {
		return old.ReplaceAllLiteralString(script, line)
	}
	const head = "\nOPERATIONS = {\n"
	return strings.Replace(script, head, head+line, 1)
}

// TestTablesOfOperations holds docs to what operations say of themselves. With
// -update it writes docs.
func TestTablesOfOperations(t *testing.T) {
	before := ""
	for _, op := range nn.Ops() {
		if o, ok := op.(nn.Describer); ok {
			d := o.Describe()
			for file, edit := range map[string]func(string) string{
				"../docs/program.md":   func(text string) string { return withSection(text, before, op.Name(), d.Page) },
				"../docs/interpret.py": func(text string) string { return withLine(text, op.Name(), d.NumPy) },
			} {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				switch want := edit(string(text)); {
				case want == string(text):
				case !*update:
					t.Errorf("%s: %s is not as its file describes it: run go test ./nn -run Tables -update", file, op.Name())
				default:
					if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		before = op.Name()
	}
}

func TestSectionsAreWritten(t *testing.T) {
	const page = "# P\n\n## A\n\n### sum\n\nx → y.\n\n### mul\n\nx, y → z.\n\n## B\n\n### lrn\n\nlast.\n"
	for name, c := range map[string]struct{ before, op, want string }{
		"between":       {"sum", "gate", "# P\n\n## A\n\n### sum\n\nx → y.\n\n### gate\n\nNEW\n\n### mul\n\nx, y → z.\n\n## B\n\n### lrn\n\nlast.\n"},
		"end of a part": {"mul", "gate", "# P\n\n## A\n\n### sum\n\nx → y.\n\n### mul\n\nx, y → z.\n\n### gate\n\nNEW\n\n## B\n\n### lrn\n\nlast.\n"},
		"end of page":   {"lrn", "gate", page + "\n### gate\n\nNEW\n"},
		"there already": {"sum", "mul", "# P\n\n## A\n\n### sum\n\nx → y.\n\n### mul\n\nNEW\n\n## B\n\n### lrn\n\nlast.\n"},
	} {
		got := withSection(page, c.before, c.op, "NEW")
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
		if again := withSection(got, c.before, c.op, "NEW"); again != got {
			t.Errorf("%s: writing again changes the page to\n%s", name, again)
		}
	}
	const script = "x\nOPERATIONS = {\n    \"sum\": 1,\n}\n"
	const want = "x\nOPERATIONS = {\n    \"gate\": 2,\n    \"sum\": 1,\n}\n"
	if got := withLine(withLine(script, "gate", "3"), "gate", "2"); got != want {
		t.Errorf("line: got\n%s\nwant\n%s", got, want)
	}
}

// TestPageExamples reads the example of the page, as text and as JSON.
func TestPageExamples(t *testing.T) {
	text := page(t)
	block := func(begin string) string {
		_, rest, ok := strings.Cut(text, "\n    "+begin)
		if !ok {
			t.Fatalf("no example that begins with %s", begin)
		}
		var lines []string
		for _, line := range strings.Split("    "+begin+rest, "\n") {
			if line != "" && !strings.HasPrefix(line, "    ") {
				break
			}
			lines = append(lines, strings.TrimPrefix(line, "    "))
		}
		return strings.Join(lines, "\n")
	}
	p, err := nn.Parse(block("format = 2"))
	if err != nil {
		t.Fatal(err)
	}
	var q nn.Program
	if err := json.Unmarshal([]byte(block(`{"format": 2,`)), &q); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(&q, p) {
		t.Errorf("the JSON is\n%vthe text\n%v", &q, p)
	}
}
