package check_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestSparse: a kernel that steps over more units than it has is noted with what
// it reads, or with what it reaches.
func TestSparse(t *testing.T) {
	for _, c := range []struct {
		from, to int // sides
		keys     string
		want     string // "" is no note
	}{
		{16, 4, `kind = "conv"`, "9 of 16 are read, so that receptive fields through it may have holes; kernel = 4 or more"},
		{16, 2, `kind = "conv"`, "9 of 64 are read"},
		{16, 2, `kind = "conv", kernel = 5`, "25 of 64 are read"},
		{16, 4, `kind = "conv", kernel = 4`, ""},
		{16, 8, `kind = "conv"`, ""},
		{16, 4, `kind = "pool_conv"`, ""},
		{16, 4, `kind = "brc"`, "9 of 16 are read"},
		{16, 4, `kind = "brc", times = 2, stride_at = "last"`, ""},
		{4, 16, `kind = "transposed_conv"`, "9 of 16 receive something, the others nothing; kernel = 4 or more"},
		{4, 16, `kind = "brd"`, "9 of 16 receive something"},
		{4, 16, `kind = "resize_conv"`, ""},
	} {
		text := fmt.Sprintf(`format = 2
steps = 2
areas = ["A", "B"]
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
input = { to = "A", steps = "0.." }
area.A = { shape = [%d, %d, 2] }
area.B = { shape = [%d, %d, 2] }
connection."A->B" = { %s }
readout = { from = "B", train = "1" }
train = { batch = 16 }
`, c.from, c.from, c.to, c.to, c.keys)
		if c.from < 8 {
			text = strings.Replace(text, "steps = \"0..\"", "steps = \"0..\", net = [{ kind = \"conv\", kernel = 9 }]", 1)
		}
		notes := ""
		for _, x := range checked(t, text).Warnings {
			if strings.HasPrefix(x, "A->B rea") {
				notes += x
			}
		}
		if c.want == "" && notes != "" || !strings.Contains(notes, c.want) {
			t.Errorf("from %d to %d, %s: found note %q, want %q", c.from, c.to, c.keys, notes, c.want)
		}
		x := checked(t, text)
		var out strings.Builder
		x.Print(&out)
		if holes := strings.Contains(c.want, "are read"); x.Areas[1].Holes != holes || x.Areas[0].Holes || strings.Contains(out.String(), "* may have holes: what drives the area") != holes {
			t.Errorf("from %d to %d, %s: fields of B have holes: %v\n%s", c.from, c.to, c.keys, x.Areas[1].Holes, &out)
		}
	}
	// The input's net, from 32×32 pixels (digits) to 4×4 units.
	for net, want := range map[string]bool{`{ kind = "conv" }`: true, `{ kind = "conv", kernel = 9 }`: false} {
		x := checked(t, `format = 2
steps = 1
areas = ["A"]
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
input = { to = "A", net = [`+net+`] }
area.A = { shape = [4, 4, 2] }
readout = { train = "0" }
train = { batch = 16 }
`)
		if x.Areas[0].Holes != want || strings.Contains(strings.Join(x.Warnings, "\n"), "of input.net") != want {
			t.Errorf("net %s: holes %v, notes %q", net, x.Areas[0].Holes, x.Warnings)
		}
	}
}
