package connectivity_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ventral/connectivity"
	"ventral/nn"
)

// between returns a connection between two places of V1, V2, IT.
func between(t testing.TB, name, kind, window string) connectivity.Connection {
	t.Helper()
	c := connectivity.NewConnection()
	c.Name = name
	var err error
	if c.From, c.To, _, err = connectivity.ParseName(name); err != nil {
		t.Fatal(err)
	}
	if c.Transform, err = connectivity.New(kind); err != nil {
		t.Fatal(err)
	}
	if c.Window, err = connectivity.ParseWindow(window); err != nil {
		t.Fatal(err)
	}
	place := map[string]int{"V1": 0, "V2": 1, "IT": 2}
	c.Role = connectivity.RoleOf(place[c.From], place[c.To], kind == "identity")
	return c
}

func example(t testing.TB) connectivity.Matrix {
	return connectivity.Matrix{Connections: []connectivity.Connection{
		between(t, "V1->V2", "conv", "0.."), between(t, "V1->V2 late", "pool_conv", "4..6"), between(t, "V2->V1", "transposed_conv", "2.."),
		between(t, "V1->IT", "conv", "0..3"), between(t, "V1->V1", "brc", "0.."), between(t, "V1->V1 identity", "identity", "0.."),
		between(t, "V2->IT", "conv", "0.."), between(t, "IT->V1", "resize_conv", "5"),
	}}
}

func names[T any](list []T, name func(T) string) string {
	var out []string
	for _, x := range list {
		out = append(out, name(x))
	}
	return strings.Join(out, ", ")
}

// TestMatrixAt: a cell of the 3-D matrix, target first.
func TestMatrixAt(t *testing.T) {
	m := example(t)
	for _, c := range []struct {
		target, source string
		step           int
		want           string
	}{
		{"V2", "V1", 0, "V1->V2"}, {"V2", "V1", 4, "V1->V2, V1->V2 late"}, {"V2", "V1", 7, "V1->V2"}, {"V1", "V2", 1, ""}, {"V1", "V2", 2, "V2->V1"},
		{"IT", "V1", 3, "V1->IT"}, {"IT", "V1", 4, ""}, {"V1", "V1", 9, "V1->V1, V1->V1 identity"}, {"V1", "IT", 5, "IT->V1"}, {"IT", "IT", 5, ""},
	} {
		if got := names(m.At(c.target, c.source, c.step), func(c *connectivity.Connection) string { return c.Name }); got != c.want {
			t.Errorf("(%s, %s) at %d: got %q, want %q", c.target, c.source, c.step, got, c.want)
		}
	}
	if m.Find("V1->V2 late") != &m.Connections[1] || m.Find("V2->V2") != nil {
		t.Error("Find does not return the connection of that name, or nil")
	}
}

// TestMatrixWindows: the ranges in which the same connections deliver.
func TestMatrixWindows(t *testing.T) {
	m := example(t)
	for steps, want := range map[int]string{1: "0", 2: "0..1", 4: "0..1, 2..3", 9: "0..1, 2..3, 4, 5, 6, 7..8"} {
		if got := names(m.Windows(steps), connectivity.Window.String); got != want {
			t.Errorf("%d steps: got %s, want %s", steps, got, want)
		}
	}
}

func TestPattern(t *testing.T) {
	for name, want := range map[string]string{
		"feedforward": "0>1 1>2 2>3", "feedback": "1>0 2>1 3>2", "lateral": "0>0 1>1 2>2 3>3", "bypass": "0>2 0>3 1>3",
		"adjacent": "0>0 0>1 1>0 1>1 1>2 2>1 2>2 2>3 3>2 3>3",
		"full":     "0>0 0>1 0>2 0>3 1>0 1>1 1>2 1>3 2>0 2>1 2>2 2>3 3>0 3>1 3>2 3>3",
	} {
		pairs, err := connectivity.Pattern(name, 4)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range pairs {
			got = append(got, fmt.Sprintf("%d>%d", p.From, p.To))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", name, got, want)
		}
		if !slices.Contains(connectivity.Patterns, name) {
			t.Errorf("Patterns does not list %s", name)
		}
	}
	if _, err := connectivity.Pattern("ring", 4); err == nil || !strings.Contains(err.Error(), `found pattern "ring"`) {
		t.Errorf("got %v", err)
	}
	if pairs, err := connectivity.Pattern("feedforward", 1); err != nil || len(pairs) != 0 {
		t.Errorf("one area: got %v, %v", pairs, err)
	}
}

// TestRoles: roles follow from the order of areas.
func TestRoles(t *testing.T) {
	for _, c := range []struct {
		from, to int
		identity bool
		want     string
	}{
		{0, 1, false, connectivity.Feedforward}, {2, 3, true, connectivity.Feedforward}, {0, 2, false, connectivity.Bypass}, {1, 4, false, connectivity.Bypass},
		{1, 0, false, connectivity.Feedback}, {4, 0, true, connectivity.Feedback}, {2, 2, false, connectivity.Lateral}, {2, 2, true, connectivity.Self},
	} {
		if got := connectivity.RoleOf(c.from, c.to, c.identity); got != c.want || !slices.Contains(connectivity.Roles, got) {
			t.Errorf("%d to %d, identity %v: got %s, want %s", c.from, c.to, c.identity, got, c.want)
		}
	}
}

func TestParseName(t *testing.T) {
	from, to, suffix, err := connectivity.ParseName("V1->V2 late and weak")
	if err != nil || from != "V1" || to != "V2" || suffix != "late and weak" {
		t.Errorf("got %q, %q, %q, %v", from, to, suffix, err)
	}
	for _, bad := range []string{"", "V1", "V1->", "->V1", "V1 ->V2", "V1-> V2"} {
		if from, to, _, err := connectivity.ParseName(bad); err == nil {
			t.Errorf("%q: got %q to %q, want an error", bad, from, to)
		}
	}
}

func TestSelector(t *testing.T) {
	m := example(t)
	for text, want := range map[string]string{
		"V1->V2":             "V1->V2, V1->V2 late",
		"V1->V2 late":        "V1->V2 late",
		"V1->V1":             "V1->V1", // an identity is named or not meant
		"V1->V1 identity":    "V1->V1 identity",
		"role:feedback":      "V2->V1, IT->V1",
		"role:self@2..":      "V1->V1 identity",
		"role:bypass":        "V1->IT",
		"area:IT@..4":        "V1->IT, V2->IT, IT->V1",
		"IT->V2":             "",
		"role:feedforward@3": "V1->V2, V1->V2 late, V2->IT",
	} {
		s, err := connectivity.ParseSelector(text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for i := range m.Connections {
			if s.Selects(&m.Connections[i]) {
				got = append(got, m.Connections[i].Name)
			}
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q selects %v, want %s", text, got, want)
		}
		if back, err := s.MarshalText(); err != nil || string(back) != text {
			t.Errorf("%q is written %q", text, back)
		}
	}
	s, _ := connectivity.ParseSelector("V1->V2@2..8")
	if s.Window.Has(1) || !s.Window.Has(2) || !s.Window.Has(8) || s.Window.Has(9) {
		t.Errorf("window of %s: got %s", s.Text, s.Window)
	}
	for text, want := range map[string]string{
		"V1": "found selector", "role:sideways": `found role "sideways"`, "area:": "found selector", "V1->V2@x": "found window", "kind:conv": "found selector", "": "found selector",
	} {
		if _, err := connectivity.ParseSelector(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

// TestSharingNames lists what weights are called: two uses share them exactly
// where names are equal.
func TestSharingNames(t *testing.T) {
	m := example(t)
	pick := func(text string) connectivity.Selector {
		s, err := connectivity.ParseSelector(text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	both := []connectivity.Set{{Name: "loop", Members: []connectivity.Selector{pick("V1->IT@..2"), pick("V2->V1")}}}
	kernel, bias := nn.Shape{3, 3, 8, 16}, nn.Shape{16}
	for _, c := range []struct {
		sharing    connectivity.Sharing
		connection string
		step       int
		want       string // kernel and bias
	}{
		{connectivity.Sharing{}, "V1->V2", 7, "V1->V2/kernel V1->V2/bias"},
		{connectivity.Sharing{Time: "tied"}, "V1->V2 late", 5, "V1->V2 late/kernel V1->V2 late/bias"},
		{connectivity.Sharing{Time: "untied"}, "V1->V2", 0, "V1->V2@0/kernel V1->V2@0/bias"},
		{connectivity.Sharing{Time: "tied ..3"}, "V1->V2", 3, "V1->V2/kernel V1->V2/bias"},
		{connectivity.Sharing{Time: "tied ..3"}, "V1->V2", 4, "V1->V2@4/kernel V1->V2@4/bias"},
		{connectivity.Sharing{Time: "tied 0..3"}, "V1->V2", 4, "V1->V2@4/kernel V1->V2@4/bias"},
		{connectivity.Sharing{Between: "shape"}, "V1->V2", 4, "shape 3x3x8x16/kernel shape 3x3x8x16/bias 16"},
		{connectivity.Sharing{Between: "shape", Time: "untied"}, "V1->V2", 4, "shape 3x3x8x16@4/kernel shape 3x3x8x16@4/bias 16"},
		{connectivity.Sharing{Sets: both}, "V1->IT", 2, "loop/kernel loop/bias"},
		{connectivity.Sharing{Sets: both}, "V1->IT", 3, "V1->IT/kernel V1->IT/bias"},
		{connectivity.Sharing{Sets: both}, "V2->V1", 3, "loop/kernel loop/transposed bias"},
		{connectivity.Sharing{Sets: both, Time: "untied"}, "V2->V1", 3, "loop@3/kernel loop@3/transposed bias"},
		{connectivity.Sharing{Sets: both}, "V1->V2", 3, "V1->V2/kernel V1->V2/bias"},
	} {
		f := c.sharing.Names(m.Find(c.connection), "drive", c.step)
		if got := f("kernel", kernel) + " " + f("bias", bias); got != c.want {
			t.Errorf("%s at %d by %+v: got %s, want %s", c.connection, c.step, c.sharing, got, c.want)
		}
	}
	// A double branch and its adjoint, members in reverse.
	down, up := between(t, "V1->V2", "brc", "0.."), between(t, "V2->V1", "brd", "0..")
	down.Transform.(*connectivity.BRC).Times, up.Transform.(*connectivity.BRD).Times = 2, 2
	s := connectivity.Sharing{Sets: []connectivity.Set{{Name: "W", Members: []connectivity.Selector{pick("V1->V2"), pick("V2->V1")}}}}
	for local, want := range map[string][2]string{
		"1/kernel": {"W/1/kernel", "W/2/kernel"}, "2/kernel": {"W/2/kernel", "W/1/kernel"}, "2/bias": {"W/2/bias", "W/2/transposed bias"},
	} {
		if got := [2]string{s.Names(&down, "drive", 1)(local, kernel), s.Names(&up, "drive", 1)(local, kernel)}; got != want {
			t.Errorf("%s of a branch and its adjoint: got %v, want %v", local, got, want)
		}
	}
	if got := (connectivity.Sharing{}).Names(&up, "drive", 1)("1/kernel", kernel); got != "V2->V1/1/kernel" {
		t.Errorf("a branch in no set: got %s", got)
	}
}

// one is the shape of every area.
func one(string) [3]int { return [3]int{4, 4, 2} }

func TestSharingErrors(t *testing.T) {
	m := example(t)
	for _, c := range []struct {
		sets [][]string // members of each set
		want string
	}{
		{[][]string{{"V1->V2"}, {"V1->V2 late"}}, `set "1": "V1->V2 late" is in set "0" too`},
		{[][]string{{"V1->IT@..1"}, {"V1->IT@1.."}}, "windows that do not overlap"},
		{[][]string{{"V1->IT@..1"}, {"V1->IT@2.."}}, ""},
		// They overlap where the connection delivers nothing: it lives at 4..6.
		{[][]string{{"V1->V2 late@..3"}, {"V2->V1"}, {"V1->V2 late@5"}}, `"V1->V2 late@..3" selects no connection`},
		{[][]string{{"V1->V2 late@..4"}, {"V1->V2 late@5.."}}, ""},
		{[][]string{{"V1->V2", "V1->V2 late"}}, ""}, // twice in one set
		{[][]string{{"V2->V1"}, {"area:IT@7.."}}, ""},
		{[][]string{{"V2->V1", "IT->V1"}, {"area:IT"}}, `"IT->V1" is in set "0" too`},
		{[][]string{{"IT->V2"}}, `"IT->V2" selects no connection`},
	} {
		var s connectivity.Sharing
		for i, members := range c.sets {
			set := connectivity.Set{Name: fmt.Sprint(i)}
			for _, text := range members {
				x, err := connectivity.ParseSelector(text)
				if err != nil {
					t.Fatal(err)
				}
				set.Members = append(set.Members, x)
			}
			s.Sets = append(s.Sets, set)
		}
		err := s.Check(m.Connections, one)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("sets %v: got %v, want %q", c.sets, err, c.want)
		}
	}
	for _, text := range []string{"sometimes", "tied ..", "tied 3..5", "tied ..x", "untied ..3"} {
		if err := connectivity.Tying(text).Check(); err == nil || !strings.Contains(err.Error(), `found "`+text) {
			t.Errorf("time %q: got %v", text, err)
		}
	}
}
