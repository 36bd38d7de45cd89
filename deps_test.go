package ventral_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The import rules of the rooms, as a test. They are what the code alone does
// not show: an import that breaks one compiles, and is still wrong. Whoever
// meets a failure here moves the code, not the rule.

// room is a folder and everything below it that no other room claims.
type room struct {
	folder string
	// may lists the folders, with everything below them, that its packages
	// import; "=" before one leaves out what is below. Its own are always among
	// them.
	may []string
	// leaf forbids even imports within the room.
	leaf bool
	// tests lists folders that its tests import besides.
	tests []string
	why   string
}

var rooms = []room{
	{folder: "nn", why: "programs and engines know nothing of brains, files or plots"},
	{folder: "nn/engine/ref", may: []string{"=nn"}, leaf: true,
		why: "the oracle has nothing but the operations' own meaning: it must not share code with what is compared with it"},
	{folder: "nn/nntest", may: []string{"=nn", "nn/engine/ref"}, why: "cases are the same for every engine, and the oracle judges them"},
	{folder: "areas", may: []string{"=nn"}, why: "an area does not know what drives it: only cortex knows areas and connections"},
	{folder: "connectivity", may: []string{"=nn"}, why: "a connection does not know what areas do with drives: only cortex knows both"},
	{folder: "cortex", may: []string{"=nn", "nn/rewrite", "nn/optim", "areas", "connectivity", "cortex/lesion", "cortex/recording"},
		why: "a cortex neither analyses itself nor knows which engine runs it"},
	{folder: "cortex/parallel", leaf: true, why: "sharing work among cores knows no work"},
	{folder: "cortex/recording", may: []string{"cortex/parallel"}, leaf: true, why: "a recording is plain data, so that it can be read without a model"},
	{folder: "cortex/analysis", may: []string{"cortex/parallel", "cortex/recording", "cortex/analysis/brain", "cortex/analysis/geometry", "cortex/analysis/linear", "cortex/analysis/predict", "experiments/statistics"},
		why: "figures are redrawn from recordings without an engine; intervals and tests are those of comparisons"},
	{folder: "cortex/analysis/linear", leaf: true, why: "a linear decoder knows features and labels only, so that it can be checked against any other program's"},
	{folder: "cortex/analysis/brain", may: []string{"cortex/recording"}, leaf: true, why: "data of a brain do not know what they are compared with"},
	{folder: "cortex/analysis/predict", leaf: true, why: "a map from units to responses is numbers, so that other programs can check it"},
	{folder: "cortex/analysis/geometry", may: []string{"cortex/parallel"}, leaf: true, why: "dissimilarities and their comparisons are numbers, so that other programs can check them"},
	{folder: "plots/canvas", leaf: true, why: "a pen does not know what it draws"},
	{folder: "plots/chart", may: []string{"cortex/analysis", "plots/canvas", "plots/screen"}, leaf: true, why: "a chart knows axes by their names, and nothing else of a frame"},
	{folder: "plots/screen", may: []string{"cortex/recording", "plots/canvas"}, leaf: true, why: "a strip shows what is on the screen, whatever figure is below it"},
	{folder: "plots/movie", may: []string{"cortex/analysis", "plots/canvas"}, leaf: true, why: "pictures of one step know axes by their names, and nothing else of a frame"},
	{folder: "plots/plate", may: []string{"plots/canvas"}, leaf: true, why: "a plate puts figures together, whatever they show"},
	{folder: "plots/page", may: []string{"plots/canvas", "plots/movie"}, leaf: true, why: "a page holds pictures and tables, whatever they show"},
	{folder: "plots/wiring", may: []string{"cortex/recording", "plots/canvas", "plots/plotstest"}, leaf: true, why: "a diagram of areas and connections knows no activity"},
	{folder: "plots", may: []string{"cortex/analysis", "cortex/recording", "plots/canvas", "plots/chart", "plots/movie", "plots/page", "plots/screen", "plots/wiring"},
		why: "figures are redrawn from recordings without an engine"},
	{folder: "experiments/run", may: []string{"=nn", "nn/rewrite", "nn/optim", "nn/train", "areas", "connectivity", "cortex", "experiments/contrast", "experiments/decode", "experiments/lesioned", "experiments/probe", "experiments/spec", "experiments/rundir", "experiments/readable", "experiments/protocol", "experiments/stimuli"},
		tests: []string{"experiments/report", "experiments/filelock", "nn/safetensors"}, // what a run left is looked at
		why:   "training ends at files: figures are made from these, and commands choose the engine"},
	{folder: "experiments/sweep", may: []string{"=nn", "nn/optim", "experiments/decode", "experiments/spec", "experiments/rundir", "experiments/run"},
		tests: []string{"experiments/filelock"},
		why:   "a sweep hands out runs; what they show is not its business"},
	{folder: "experiments/compare", may: []string{"=nn", "connectivity", "cortex", "=plots", "plots/canvas", "plots/page", "plots/wiring", "experiments/decode", "experiments/spec", "experiments/rundir", "experiments/run", "experiments/report", "experiments/readable", "experiments/statistics", "experiments/stimuli", "experiments/sweep"},
		why: "a comparison sees runs by their files, and does not choose the engine"},
	{folder: "experiments/independent", may: []string{"=nn", "areas", "cortex", "experiments/decode", "experiments/spec", "experiments/rundir", "experiments/run"},
		why: "the second reading of experiment files is compared with the first, and shares nothing with it"},
	{folder: "experiments/peer", leaf: true, why: "the script is text"},
	{folder: "experiments/lesioned", may: []string{"=nn", "areas", "connectivity", "=cortex", "cortex/lesion"}, leaf: true,
		why: "lesions take numbers from an intact cortex, wherever its images are from"},
	{folder: "experiments/probe", may: []string{"=nn", "nn/rewrite", "areas", "connectivity", "=cortex", "cortex/lesion", "cortex/analysis", "experiments/decode"}, leaf: true,
		tests: []string{"connectivity"}, why: "a probe has a cortex and images, wherever they are from; analyses read what it gives from files"},
	{folder: "experiments/spec", may: []string{"=nn", "nn/optim", "areas", "connectivity", "cortex", "experiments/contrast", "experiments/decode", "experiments/probe", "experiments/protocol", "experiments/stimuli", "experiments/examples", "experiments/frompapers"},
		why: "what a file says does not depend on who carries it out"},
	{folder: "experiments/contrast", may: []string{"experiments/decode"}, leaf: true,
		why: "which conditions a contrast is of follows from names, before anything is tested"},
	{folder: "experiments/rundir", may: []string{"=nn", "nn/safetensors", "experiments/decode", "experiments/filelock"},
		why: "what a run left is read without what carried it out: no graph, no images, no engine"},
	{folder: "experiments/report", may: []string{"cortex/analysis", "cortex/recording", "=plots", "plots/canvas", "plots/movie", "plots/page", "plots/screen", "plots/wiring", "experiments/contrast", "experiments/decode", "experiments/rundir", "experiments/readable"},
		why: "what a run left is shown without what carried it out: no graph, no images, no engine"},
	{folder: "experiments/figures", may: []string{"cortex/analysis", "cortex/recording", "=plots", "plots/canvas", "plots/movie", "plots/plate", "plots/screen", "experiments/decode", "experiments/report", "experiments/rundir"},
		why: "figures of papers are drawn from what runs left"},
	{folder: "experiments/examples", leaf: true, why: "shipped files are text"},
	{folder: "experiments/frompapers", leaf: true, why: "shipped files are text"},
	{folder: "experiments/decode", leaf: true, why: "how a file is read does not depend on what it says: the words of experiments are told to the decoder"},
	{folder: "experiments/readable", leaf: true, why: "how a quantity is written does not depend on what it is of"},
	{folder: "experiments/filelock", leaf: true, why: "a lock is of a file, whatever the folder holds"},
	{folder: "experiments/diskfile", leaf: true, why: "a file is opened or written alike, whatever it holds"},
	{folder: "experiments/trials", leaf: true, why: "how many random cases a test tries does not depend on what it tests"},
	{folder: "experiments/stimuli", may: []string{"=nn", "cortex/recording", "experiments/diskfile", "experiments/filelock", "experiments/stimuli/pack", "experiments/stimuli/picture"}, why: "images do not depend on who looks at them; arrays of numpy are one format, whoever wrote them"},
	{folder: "experiments/protocol", may: []string{"=cortex", "cortex/recording", "=connectivity", "experiments/decode", "experiments/stimuli"},
		why: "what is shown when depends neither on which cortex looks on nor on who trains it"},
	{folder: "experiments/stimuli/pack", may: []string{"experiments/filelock", "experiments/readable"}, leaf: true,
		why: "decoded images are kept alike, whatever decodes them"},
	{folder: "experiments/stimuli/picture", may: []string{"experiments/diskfile"}, leaf: true,
		why: "an image file is decoded alike, whatever data set it belongs to"},
	{folder: "experiments/statistics", leaf: true, why: "a test knows numbers only, so that it can be checked against any other program's"},
	{folder: "experiments/theorem", may: []string{"=nn", "nn/rewrite", "nn/engine/ref", "areas", "connectivity", "cortex", "experiments/theorem/residual"},
		why: "the theorem compares two constructions, in float64 throughout, and nothing else"},
	{folder: "experiments/theorem/residual", may: []string{"=nn"}, leaf: true,
		why: "the residual network is written without areas, connections or a cortex: otherwise the two sides of the theorem would agree by construction"},
	{folder: "cmd", may: []string{"nn", "areas", "connectivity", "cortex", "plots", "experiments"},
		why: "a command says what to do, and the rooms below do it"},
}

// engines may be imported by every test: an engine is how a test runs what it
// built, and trials say how many it tries. A room may name more, so that nothing
// else tests itself by what leans on it.
var engines = []string{"nn/engine", "nn/nntest", "experiments/trials"}

// outside lists modules that belong to some rooms only.
var outside = []struct {
	path  string
	rooms []string // "=" before one leaves out what is below
	why   string
}{
	{"gonum.org/v1/plot", []string{"plots"}, "drawing is one room's business; the others hand it frames"},
	{"codeberg.org/go-fonts", []string{"plots"}, "so are fonts"},
	{"github.com/BurntSushi/toml", []string{"experiments/decode"}, "a table decodes into the struct that does the work; that struct does not know the decoder"},
	{"github.com/spf13", []string{"cmd"}, "flags are how commands are called, not how code is configured"},
	{"net", []string{"experiments/stimuli", "plots/web", "cmd"}, "only downloads and the page server speak to a network"},
}

// pure are the rooms whose results are functions of their arguments: a program
// or a figure is the same on every machine at every time. The second list is
// where the rule does not hold.
var (
	pure   = []string{"nn", "areas", "connectivity", "cortex", "plots", "experiments/theorem"}
	impure = []string{"plots/web"} // serves run folders
)

// forbidden lists, by import path, what pure rooms do not use; nil is all of it.
var forbidden = map[string][]string{
	"os":            nil, // files by path, environment, arguments
	"os/exec":       nil,
	"io/ioutil":     nil,
	"path/filepath": nil,
	"syscall":       {"Open", "Getenv", "Environ"},
	"crypto/rand":   nil,
	"time":          {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer"},
	"math/rand": {"ExpFloat64", "Float32", "Float64", "Int", "Int31", "Int31n", "Int63", "Int63n", "Intn", "NormFloat64", "Perm", "Read", "Seed",
		"Shuffle", "Uint32", "Uint64"},
	"math/rand/v2": {"ExpFloat64", "Float32", "Float64", "Int", "Int32", "Int32N", "Int64", "Int64N", "IntN", "N", "NormFloat64", "Perm", "Shuffle",
		"Uint", "Uint32", "Uint32N", "Uint64", "Uint64N", "UintN"},
}

// source is a parsed Go file.
type source struct {
	path   string // with slashes, from the top
	folder string
	test   bool
	file   *ast.File
}

// imports returns the paths that s imports, with the names they have in it.
func (s source) imports() map[string]string {
	m := map[string]string{}
	for _, spec := range s.file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		name := strings.TrimSuffix(path, "/v2")
		name = name[strings.LastIndex(name, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		m[path] = name
	}
	return m
}

// sources parses every Go file of the module.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") || name == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasPrefix(d.Name(), ".") {
			return nil
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		path = filepath.ToSlash(path)
		folder, _, _ := cutLast(path, "/")
		out = append(out, source{path, folder, strings.HasSuffix(path, "_test.go"), f})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("found %d Go files, want those of the whole module", len(out))
	}
	return out
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

// under reports whether folder is place or below it; with "=" it must be place.
func under(folder, place string) bool {
	if exact, ok := strings.CutPrefix(place, "="); ok {
		return folder == exact
	}
	return folder == place || strings.HasPrefix(folder, place+"/")
}

func underAny(folder string, places []string) bool {
	return slices.ContainsFunc(places, func(p string) bool { return under(folder, p) })
}

// roomOf returns the room of a folder: the one with the longest name.
func roomOf(folder string) (room, bool) {
	var best room
	for _, r := range rooms {
		if under(folder, r.folder) && len(r.folder) > len(best.folder) {
			best = r
		}
	}
	return best, best.folder != ""
}

// broken returns what s does against the rules, one sentence each.
func broken(s source) []string {
	if s.folder == "" {
		return nil // this test
	}
	r, ok := roomOf(s.folder)
	if !ok {
		return []string{fmt.Sprintf("folder %s belongs to no room; want it below one of the rooms, or a room of its own", s.folder)}
	}
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for path := range s.imports() {
		inner, ours := strings.CutPrefix(path, "ventral/")
		if !ours {
			for _, o := range outside {
				if under(path, o.path) && !underAny(s.folder, o.rooms) && !(s.test && o.path == "net") {
					say("imports %s, which only %s may: %s", path, strings.Join(o.rooms, ", "), o.why)
				}
			}
			continue
		}
		to, _ := roomOf(inner)
		switch {
		case inner == s.folder: // a test of its own package
		case to.folder == r.folder && !r.leaf:
		case underAny(inner, r.may):
		case s.test && (underAny(inner, engines) || underAny(inner, r.tests)):
		default:
			say("imports %s; %s may import %s: %s", path, r.folder, allowed(r), r.why)
		}
	}
	if !s.test && underAny(s.folder, pure) && !underAny(s.folder, impure) {
		out = append(out, impurities(s)...)
	}
	slices.Sort(out)
	return out
}

func allowed(r room) string {
	list := slices.Clone(r.may)
	if !r.leaf {
		list = append(list, r.folder)
	}
	if len(list) == 0 {
		return "nothing of this module"
	}
	return strings.ReplaceAll(strings.Join(list, ", "), "=", "exactly ")
}

// impurities returns what s uses of the clock, files, environment and global
// randomness.
func impurities(s source) []string {
	const rule = "below experiments nothing reads files by path, the clock, the environment or global randomness"
	var out []string
	names := map[string][]string{}
	for path, name := range s.imports() {
		words, ok := forbidden[path]
		switch {
		case !ok:
		case words == nil:
			out = append(out, fmt.Sprintf("imports %s: %s", path, rule))
		case name == ".":
			out = append(out, fmt.Sprintf("imports all names of %s: %s", path, rule))
		default:
			names[name] = words
		}
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if x, ok := n.(*ast.SelectorExpr); ok {
			if pkg, ok := x.X.(*ast.Ident); ok && slices.Contains(names[pkg.Name], x.Sel.Name) {
				out = append(out, fmt.Sprintf("uses %s.%s: %s", pkg.Name, x.Sel.Name, rule))
			}
		}
		return true
	})
	return out
}

func TestImports(t *testing.T) {
	for _, s := range sources(t) {
		for _, b := range broken(s) {
			t.Errorf("%s: %s", s.path, b)
		}
	}
}

// TestRoomsAreOrdered holds that rooms form a chain of command: if one may
// import another, that one may not import it back, in tests neither.
func TestRoomsAreOrdered(t *testing.T) {
	next := map[string][]string{}
	for _, a := range rooms {
		for _, b := range rooms {
			if a.folder != b.folder && underAny(b.folder, a.may) {
				next[a.folder] = append(next[a.folder], b.folder)
			}
		}
	}
	var path []string
	var visit func(string)
	visit = func(folder string) {
		if i := slices.Index(path, folder); i >= 0 {
			t.Fatalf("rooms import each other: %s", strings.Join(append(path[i:], folder), " → "))
		}
		path = append(path, folder)
		for _, n := range next[folder] {
			visit(n)
		}
		path = path[:len(path)-1]
	}
	for _, r := range rooms {
		visit(r.folder)
	}
}

// TestRulesBite holds that each rule refuses what it is there to refuse.
func TestRulesBite(t *testing.T) {
	for _, c := range []struct{ path, code, want string }{
		{"nn/x.go", `import _ "ventral/areas"`, "imports ventral/areas"},
		{"nn/x_test.go", `import _ "ventral/cortex"`, "imports ventral/cortex"},
		{"nn/engine/ref/x.go", `import _ "ventral/nn/engine/cpu"`, "imports ventral/nn/engine/cpu"},
		{"nn/engine/cpu/x_test.go", `import _ "ventral/nn/nntest"`, ""},
		{"nn/engine/cpu/x.go", `import _ "ventral/nn/engine/ref"`, "imports ventral/nn/engine/ref"},
		{"areas/x.go", `import _ "ventral/connectivity"`, "imports ventral/connectivity"},
		{"areas/x.go", `import _ "ventral/nn/engine/ref"`, "imports ventral/nn/engine/ref"},
		{"areas/x_test.go", `import _ "ventral/nn/engine/ref"`, ""},
		{"areas/x_test.go", `import _ "ventral/cortex"`, "imports ventral/cortex"},
		{"connectivity/x.go", `import _ "ventral/areas"`, "imports ventral/areas"},
		{"cortex/x.go", `import _ "ventral/cortex/analysis"`, "imports ventral/cortex/analysis"},
		{"cortex/x.go", `import _ "ventral/connectivity"`, ""},
		{"cortex/analysis/x.go", `import _ "ventral/nn"`, "imports ventral/nn"},
		{"cortex/recording/x.go", `import _ "ventral/cortex/analysis"`, "imports ventral/cortex/analysis"},
		{"plots/x.go", `import _ "ventral/nn"`, "imports ventral/nn"},
		{"plots/x.go", `import _ "gonum.org/v1/plot/vg"`, ""},
		{"cortex/x.go", `import _ "gonum.org/v1/plot"`, "imports gonum.org/v1/plot"},
		{"cortex/x.go", `import _ "github.com/BurntSushi/toml"`, "imports github.com/BurntSushi/toml"},
		{"experiments/run/x.go", `import _ "github.com/BurntSushi/toml"`, "imports github.com/BurntSushi/toml"},
		{"experiments/decode/x.go", `import _ "github.com/BurntSushi/toml"`, ""},
		{"experiments/decode/x.go", `import _ "ventral/cortex"`, "imports ventral/cortex"},
		{"experiments/stimuli/x.go", `import _ "github.com/BurntSushi/toml"`, "imports github.com/BurntSushi/toml"},
		{"experiments/run/x.go", `import _ "ventral/experiments/stimuli"`, ""},
		{"experiments/run/x.go", `import _ "ventral/plots/web"`, "imports ventral/plots/web"},
		{"experiments/run/x.go", `import _ "ventral/nn/engine/cpu"`, "imports ventral/nn/engine/cpu"},
		{"experiments/theorem/x.go", `import _ "ventral/experiments/theorem/residual"`, ""},
		{"experiments/run/x.go", `import _ "ventral/cmd/cortex/command"`, "imports ventral/cmd/cortex/command"},
		{"experiments/theorem/residual/x.go", `import _ "ventral/cortex"`, "imports ventral/cortex"},
		{"experiments/theorem/residual/x.go", `import _ "ventral/nn/engine/ref"`, "imports ventral/nn/engine/ref"},
		{"experiments/theorem/residual/x.go", `import _ "ventral/nn"`, ""},
		{"elsewhere/x.go", ``, "belongs to no room"},
		{"cortex/x.go", `import "os"; var _ = os.Args`, "imports os"},
		{"cortex/x.go", `import clock "time"; var _ = clock.Now()`, "uses clock.Now"},
		{"cortex/x.go", `import "time"; const d = time.Second`, ""},
		{"nn/x.go", `import "math/rand/v2"; var _ = rand.IntN(2)`, "uses rand.IntN"},
		{"nn/x.go", `import "math/rand/v2"; var _ = rand.New(rand.NewPCG(1, 2)).IntN(2)`, ""},
		{"nn/x_test.go", `import "os"; var _ = os.Args`, ""},
		{"plots/web/x.go", `import "os"; var _ = os.Args`, ""},
	} {
		f, err := parser.ParseFile(token.NewFileSet(), c.path, "package x; "+c.code, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		folder, _, _ := cutLast(c.path, "/")
		got := strings.Join(broken(source{c.path, folder, strings.HasSuffix(c.path, "_test.go"), f}), "; ")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s with %s: got %q, want %q", c.path, c.code, got, c.want)
		}
	}
}
