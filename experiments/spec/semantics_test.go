package spec

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"ventral/areas"
	"ventral/cortex"
)

// before puts text in front of the first table of three.
func before(text string) string {
	i := strings.Index(three, "input")
	return three[:i] + text + "\n" + three[i:]
}

// A cell's window and that of its kind, role or connection hold together: a
// blocked cell delivers nothing, and no step is counted twice.
func TestWindowsOfCellsMeetThoseOfKinds(t *testing.T) {
	const matrix = `
[matrix]
to = ["A", "B", "C"]
A = ["", "conv", ""]
B = ["late", "", "conv"]
[matrix."3..4"]
to = ["A"]
B = [""]
`
	for _, c := range []struct{ name, text, want string }{
		{"kind", "[kind.late]\nkind = \"transposed_conv\"\nwindow = \"2..\"\n" + matrix, "2,5.."},
		{"kind that ends within the block", "[kind.late]\nkind = \"transposed_conv\"\nwindow = \"1..4\"\n" + matrix, "1..2"},
		{"role", "[kind.late]\nkind = \"transposed_conv\"\n[role.feedback]\nwindow = \"..5\"\n" + matrix, "0..2,5"},
		{"connection", "[kind.late]\nkind = \"transposed_conv\"\n" + matrix + "[connection.\"B->A\"]\nwindow = \"1..5\"\n", "1..2,5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			checkLines(t, read(t, three+c.text, Overrides{}), `
B->A: transposed_conv feedback 1 `+c.want+`
A->B: conv feedforward 1 0..
B->C: conv feedforward 1 0..
`)
		})
	}
	never := three + "[kind.late]\nkind = \"transposed_conv\"\nwindow = \"3..4\"\n" + matrix
	if _, err := Read("x.toml", never, Overrides{Set: []string{`without="B->A"`}}); err != nil {
		t.Errorf("one that is taken away: %v", err)
	}
	_, err := Read("x.toml", never, Overrides{})
	if want := `found "3..4", but the matrix has late at steps 0..2,5.. only`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("windows without a common step: got %v, want %q", err, want)
	}
}

// A cell that is blocked for some steps is one connection: its norms are the
// same before and after, those inside a double branch, too.
func TestBlockedBranchKeepsItsNorms(t *testing.T) {
	text := before(`default.area.kind = "sum"`) + `
[kind.branch]
kind = "brc"
times = 2
norm = { kind = "batch", statistics = "shared", affine = "shared" }
[matrix]
to = ["A", "B", "C"]
A = ["branch", "conv", ""]
B = ["", "", "conv"]
[matrix."3"]
to = ["A"]
A = [""]
`
	e := read(t, text, Overrides{})
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	list, err := cortex.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	var norms []string
	for _, w := range list {
		if strings.Contains(w.Name, "/norm") {
			norms = append(norms, w.Name)
		}
	}
	slices.Sort(norms)
	want := []string{"A->A/1/norm/gain", "A->A/1/norm/mean", "A->A/1/norm/shift", "A->A/1/norm/variance",
		"A->A/2/norm/gain", "A->A/2/norm/mean", "A->A/2/norm/shift", "A->A/2/norm/variance"}
	if !slices.Equal(norms, want) {
		t.Errorf("norms of a blocked branch: got\n%q, want\n%q", norms, want)
	}
}

// Members of a set have equally many kernels of one shape, or are refused with
// the shapes of both.
func TestSetsOfUnequalKernels(t *testing.T) {
	for _, c := range []struct{ name, a, b, want string }{
		{"conv and double branch", `kind = "conv"`, `kind = "brc", times = 2`,
			`"A->A" (conv 3×3) has kernels 3×3×4×4, "B->B" (BRC×2) has 1: 3×3×4×4 and 2: 3×3×4×4`},
		{"branches of other length", `kind = "brc", times = 3`, `kind = "brc", times = 2`, `"A->A" (BRC×3) has kernels 1: `},
		{"adjoint branches of other length", `kind = "brc", times = 2`, `kind = "brd", times = 3`, `"B->B" (BRD×3) has 1: `},
		{"adjoint branches of other size", `kind = "brc", times = 2`, `kind = "brd", times = 2, kernel = 5`, `"B->B" (BRD×2) has 1: 5×5×4×4 and 2: 5×5×4×4`},
		{"kernels of other size", `kind = "conv"`, `kind = "conv", kernel = 5`, `(conv 5×5) has 5×5×4×4`},
		{"identity", `kind = "conv"`, `kind = "identity"`, "one has no weights"},
		{"conv and single branch", `kind = "conv"`, `kind = "brc"`, ""},
		{"conv and single adjoint branch", `kind = "conv"`, `kind = "brd"`, ""},
		{"branch and its adjoint", `kind = "brc", times = 2`, `kind = "brd", times = 2`, ""},
		{"tied and untied", `kind = "conv"`, `kind = "conv", time = "untied"`, `"A->A" is tied over time and "B->B" untied; want one rule for all members`},
		{"tied up to other steps", `kind = "conv", time = "tied ..2"`, `kind = "conv", time = "tied ..3"`, `"A->A" is tied ..2 over time and "B->B" tied ..3`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := before(`default.area.kind = "sum"
pattern = "feedforward"`) + `
[connection]
"A->A" = { ` + c.a + ` }
"B->B" = { ` + c.b + `, role = "lateral" }
[sharing]
sets = { one = ["A->A", "B->B"] }
`
			e, err := Read("x.toml", text, Overrides{})
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), `sharing.sets.one[1]`) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for name := range weights(t, e) {
				if strings.HasPrefix(name, "A->A/") && strings.HasSuffix(name, "kernel") || strings.HasPrefix(name, "B->B/") && strings.HasSuffix(name, "kernel") {
					t.Errorf("%s is a variable of its own", name)
				}
			}
		})
	}
	// An area's shortcut has no weights, and is no member of a set of its others.
	e := read(t, before(`pattern = "feedforward"
connection."A->A" = { plus = "identity", window = "5.." }`)+"[sharing]\nsets = { one = [\"area:A@5..\"] }\n", Overrides{})
	if n := len(e.Matrix.Sharing.Sets); n != 1 {
		t.Errorf("found %d sets", n)
	}
	_, err := Read("x.toml", before(`pattern = "adjacent"`)+"[sharing]\nbetween = \"shape\"\nsets = { one = [\"A->A\", \"B->B\"] }\n", Overrides{})
	if err == nil || !strings.Contains(err.Error(), `found beside between = "shape"`) {
		t.Errorf("sets beside shape: got %v", err)
	}
}

// A shortcut goes with the connection that it belongs to: what is left of a
// control without lateral connections does not remember.
func TestWithoutTakesShortcuts(t *testing.T) {
	const forward = `
A->B: conv feedforward 1 0..
B->C: conv feedforward 1 0..
`
	branch := before(`pattern = ["feedforward", "lateral"]
role.lateral = { kind = "brc", plus = "identity" }
default.area.kind = "sum"`)
	for _, without := range []string{`"role:lateral"`, `["A->A", "B->B", "C->C"]`} {
		e := read(t, branch, Overrides{Set: []string{"without=" + without}})
		checkLines(t, e, forward)
		if len(e.Notes) > 0 {
			t.Errorf("without %s: notes %q", without, e.Notes)
		}
	}
	for _, cell := range []string{"stay+identity", "identity+stay"} {
		_, err := Read("x.toml", before(`default.area.kind = "sum"
without = "role:lateral"
kind.stay = { kind = "brc", plus = "identity" }`)+"[matrix]\nto = [\"A\", \"B\", \"C\"]\nA = [\""+cell+"\", \"conv\", \"conv\"]\n", Overrides{})
		if err == nil || !strings.Contains(err.Error(), `"A->A identity" is there twice: plus = "identity" of A->A makes it`) {
			t.Errorf("%s: got %v", cell, err)
		}
	}
	_, err := Read("x.toml", before(`pattern = "feedforward"
connection."A->A" = { kind = "identity", plus = "identity" }`), Overrides{})
	if err == nil || !strings.Contains(err.Error(), "A->A is an identity itself: the state would arrive twice") {
		t.Errorf("a shortcut of an identity: got %v", err)
	}
	cells := before(`default.area.kind = "sum"`) + "[matrix]\nto = [\"A\", \"B\", \"C\"]\nA = [\"conv+identity\", \"conv\", \"\"]\nB = [\"\", \"\", \"conv\"]\n"
	e := read(t, cells, Overrides{Set: []string{`without="A->A"`}})
	checkLines(t, e, forward)
	e = read(t, cells, Overrides{Set: []string{`without="role:lateral"`}})
	checkLines(t, e, "A->A identity: identity self 1 0.."+forward)
	if want := []string{`A->A identity is left: it still brings the state of A back; without = "role:self" takes it away, too`}; !slices.Equal(e.Notes, want) {
		t.Errorf("notes %q, want %q", e.Notes, want)
	}
}

// A pattern that a variant or --set puts in place of the file's decides which
// connections exist: what the file says of others lies idle, and is noted.
func TestPatternOfVariantDecides(t *testing.T) {
	text := before(`pattern = ["feedforward", "lateral"]`) + `
[connection]
"A->A" = { kernel = 5 }
"B->B" = false
"C->A" = { kind = "resize_conv" }
"A->B" = { kernel = 1 }
[variant.control]
pattern = ["feedforward"]
[variant.own]
pattern = ["feedforward"]
connection."A->A" = { delay = 2 }
`
	const forward = `
A->B: conv feedforward 1 0..
B->C: conv feedforward 1 0..
`
	e := read(t, text, Overrides{Variant: "control"})
	checkLines(t, e, forward)
	if got := e.Matrix.Find("A->B").Transform.String(); got != "conv 1×1" {
		t.Errorf("A->B of the control is %s", got)
	}
	want := []string{
		`connection."A->A" lies idle: variant control has a pattern without A->A`,
		`connection."B->B" lies idle: variant control has a pattern without B->B`,
		`connection."C->A" lies idle: variant control has a pattern without C->A`,
	}
	if !slices.Equal(e.Notes, want) {
		t.Errorf("notes\n%q, want\n%q", e.Notes, want)
	}
	e = read(t, text, Overrides{Variant: "own"})
	checkLines(t, e, "A->A: conv lateral 2 0.."+forward)
	e = read(t, text, Overrides{Variant: "own", Set: []string{`pattern="feedforward"`}})
	checkLines(t, e, forward)
	if e = read(t, text, Overrides{}); len(e.Notes) > 0 {
		t.Errorf("the file itself: notes %q", e.Notes)
	}
	// What is to be taken away may be away already.
	e = read(t, before(`pattern = ["feedforward", "lateral"]
without = "role:lateral"`)+"[variant.v]\npattern = \"feedforward\"\n", Overrides{Variant: "v"})
	checkLines(t, e, forward)

	// A cell that a variant empties is not filled by what the file says of it; a
	// connection besides the matrix stays.
	e = read(t, three+`
[matrix]
to = ["A", "B", "C"]
A = ["", "conv", ""]
B = ["transposed_conv", "", "conv"]
[connection]
"B->A" = { gain = 0.5 }
"C->B" = { kind = "resize_conv" }
[variant.blocked]
"matrix.B" = ["", "", "conv"]
`, Overrides{Variant: "blocked"})
	checkLines(t, e, `
A->B: conv feedforward 1 0..
C->B: resize_conv feedback 1 0..
B->C: conv feedforward 1 0..
`)
	if len(e.Notes) != 1 || !strings.Contains(e.Notes[0], `connection."B->A" lies idle: variant blocked has a matrix without B->A`) {
		t.Errorf("notes %q", e.Notes)
	}
}

// A variant's pattern takes the place of the file's matrix, and the other way; an
// overlay beyond a variant's steps lies idle.
func TestPatternOfVariantForMatrix(t *testing.T) {
	text := three + `
[matrix]
to = ["A", "B", "C"]
A = ["conv", "conv", ""]
B = ["", "", "conv"]
[matrix."5.."]
to = ["A"]
B = ["transposed_conv"]
[connection."A->A"]
kernel = 5
[variant.control]
pattern = ["feedforward"]
[variant.short]
steps = 4
"readout.train" = "3"
[variant.plain]
steps = 4
"readout.train" = "3"
matrix."5.." = {}
[variant.both]
pattern = ["feedforward"]
"matrix.A" = ["", "conv", ""]
`
	const forward = `
A->B: conv feedforward 1 0..
B->C: conv feedforward 1 0..
`
	e := read(t, text, Overrides{Variant: "control"})
	checkLines(t, e, forward)
	if len(e.Notes) != 1 || !strings.HasPrefix(e.Notes[0], `connection."A->A" lies idle`) {
		t.Errorf("notes %q", e.Notes)
	}
	checkLines(t, read(t, text, Overrides{Set: []string{`pattern="feedforward"`, "matrix={}"}}), forward)
	for variant, notes := range map[string]int{"short": 1, "plain": 0} {
		e := read(t, text, Overrides{Variant: variant})
		checkLines(t, e, "A->A: conv lateral 1 0.."+forward)
		if len(e.Notes) != notes {
			t.Errorf("%s: notes %q", variant, e.Notes)
		}
	}
	if _, err := Read("x.toml", text, Overrides{Variant: "both"}); err == nil || !strings.Contains(err.Error(), `found beside "pattern"`) {
		t.Errorf("a variant with both: got %v", err)
	}
	e = read(t, before(`pattern = ["feedforward", "lateral"]`)+"[variant.m.matrix]\nto = [\"A\", \"B\", \"C\"]\nA = [\"\", \"conv\", \"\"]\nB = [\"\", \"\", \"conv\"]\n", Overrides{Variant: "m"})
	checkLines(t, e, forward)
}

// A role's keys hold for its connections of any kind that has them: a
// connection's own keys come first, then those of the kind it names, then these.
func TestKeysOfRolesHoldForOtherKinds(t *testing.T) {
	text := before(`pattern = ["feedforward", "lateral"]
default.area.kind = "sum"
role.lateral = { kernel = 5, plus = "identity", times = 3, delay = 2, kind = "brc" }
kind.wide = { kind = "brc", times = 2 }
kind.plain = { kind = "conv", kernel = 7 }
connection."A->A" = { kind = "conv" }
connection."B->B" = { kind = "wide", kernel = 1 }
connection."C->C" = { kind = "plain" }`)
	e := read(t, text, Overrides{})
	checkLines(t, e, `
A->A: conv lateral 2 0..
A->A identity: identity self 2 0..
A->B: conv feedforward 1 0..
B->B: brc lateral 2 0..
B->B identity: identity self 2 0..
B->C: conv feedforward 1 0..
C->C: conv lateral 2 0..
C->C identity: identity self 2 0..
`)
	uses := weights(t, e)
	e.Steps = 8
	g, err := e.Graph()
	if err != nil {
		t.Fatal(err)
	}
	list, err := cortex.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, w := range list {
		if strings.HasSuffix(w.Name, "kernel") && strings.Contains(w.Name, "->") {
			got[w.Name] = w.Shape[0]
		}
	}
	want := map[string]int{"A->A/kernel": 5, "A->B/kernel": 3, "B->B/1/kernel": 1, "B->B/2/kernel": 1, "B->C/kernel": 3, "C->C/kernel": 7}
	if !maps.Equal(got, want) {
		t.Errorf("sides of kernels: got %v, want %v (uses %v)", got, want, uses)
	}
}

// How weights are tied over time is a key of roles, kinds and connections, before
// that of sharing.
func TestTimeByConnection(t *testing.T) {
	e := read(t, before(`pattern = ["feedforward", "lateral"]
role.lateral.time = "tied ..3"
connection."B->B".time = "untied"
sharing.time = "tied"`), Overrides{})
	uses := weights(t, e)
	// A is read by B, B by C at 6 and 7: A->A arrives at A until step 5, B->B at B until 6.
	for name, want := range map[string]bool{
		"A->A/kernel": true, "A->A@3/kernel": false, "A->A@4/kernel": true, "A->A@5/kernel": true,
		"B->B/kernel": false, "B->B@2/kernel": true, "B->B@6/kernel": true, "A->B/kernel": true, "A->B@4/kernel": false,
	} {
		if got := uses[name] > 0; got != want {
			t.Errorf("%s: used %v, want %v", name, got, want)
		}
	}
	again := read(t, e.TOML(), Overrides{})
	if got := weights(t, again); !maps.Equal(got, uses) {
		t.Errorf("the resolved file has %v, want %v", got, uses)
	}
	if _, err := Read("x.toml", before("pattern = \"adjacent\"\nrole.lateral.time = \"sometimes\""), Overrides{}); err == nil || !strings.Contains(err.Error(), `role.lateral.time: found "sometimes", want "tied"`) {
		t.Errorf("got %v", err)
	}
}

// A bias of the area is added to a held state at every step: a note says so.
func TestHeldStateWithBias(t *testing.T) {
	const held = `pattern = "feedforward"
connection."B->B" = { kind = "identity" }`
	e := read(t, before(held), Overrides{})
	if len(e.Notes) != 1 || !strings.HasPrefix(e.Notes[0], "B->B brings the state of B back, and the area's bias is added") {
		t.Errorf("notes %q", e.Notes)
	}
	for _, set := range []string{`area.B.bias="absent"`, `default.area.bias="connection"`, `default.area.kind="sum"`, `connection."B->B".state="response"`} {
		if e := read(t, before(held), Overrides{Set: []string{set}}); len(e.Notes) > 0 {
			t.Errorf("with %s: notes %q", set, e.Notes)
		}
	}
}

// Keys of default.area hold for areas of any kind that has them.
func TestDefaultsOfAreasHoldForOtherKinds(t *testing.T) {
	e := read(t, before(`pattern = "feedforward"
default.area = { lambda = 0.5, bias = "absent" }`), Overrides{Set: []string{`area.B.kind="sum"`}})
	if a := e.Areas[0].Dynamics.(*areas.Rate); a.Leak != 0.5 || a.Biased != "absent" {
		t.Errorf("A is %+v", a)
	}
	if b := e.Areas[1].Dynamics.(*areas.Sum); b.Biased != "absent" {
		t.Errorf("B is %+v", b)
	}
	if _, err := Read("x.toml", before("pattern = \"feedforward\"\ndefault.area = { kind = \"sum\", lambda = 0.5 }"), Overrides{}); err == nil || !strings.Contains(err.Error(), "default.area.lambda: unknown key") {
		t.Errorf("a key that the default's own kind has not: got %v", err)
	}
}

// A mistake in a role or kind that no connection follows is one all the same.
func TestIdleTables(t *testing.T) {
	for text, want := range map[string]string{
		"[role.lateral]\nkernle = 3":                      `role.lateral.kernle: unknown key; did you mean "kernel"?`,
		"[role.lateral]\nkind = \"cnv\"":                  `role.lateral.kind: found kind "cnv", want one of`,
		"[kind.bla]\nkind = \"conv\"\nkernle = 3":         `kind.bla.kernle: unknown key; did you mean "kernel"?`,
		"[kind.bla]\nkind = \"conv\"\nkernel = -3":        "kind.bla.kernel: found -3, want at least 1",
		"[kind.bla]\nkind = \"conv\"\ntimes = 2":          `kind.bla.times: unknown key here; it belongs to`,
		"[role.lateral]\ntimes = 2\npool = \"max\"":       "",
		"[kind.bla]\nkind = \"brc\"\nplus = \"identity\"": "",
	} {
		_, err := Read("x.toml", before(`pattern = "feedforward"`)+text+"\n", Overrides{})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}
