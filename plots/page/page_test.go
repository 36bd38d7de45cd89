package page

import "testing"

func TestTableNumeric(t *testing.T) {
	rows := func(cells ...string) [][]string {
		var r [][]string
		for _, c := range cells {
			r = append(r, []string{c})
		}
		return r
	}
	for _, c := range []struct {
		cells []string
		want  bool
	}{
		{[]string{"1", "−2.5", "+3e-4"}, true},
		{[]string{"667,274", "12 %", "3.2 ± 0.1"}, true},
		{[]string{"5.0 to 12.6", "−1 to 2 %"}, true},
		{[]string{"1 to many"}, false},
		{[]string{"65.2–89.5", "3 (2 to 4)", "<0.001"}, true},
		{[]string{"1", "—", "", "NaN"}, true},
		{[]string{"—", ""}, false},
		{[]string{"1", "never"}, false},
		{[]string{"3×3"}, false},
		{[]string{"2 runs"}, false},
	} {
		got := Table{Columns: []string{"x"}, Rows: rows(c.cells...)}.numeric()[0]
		if got != c.want {
			t.Errorf("cells %q: numeric %t, want %t", c.cells, got, c.want)
		}
	}
}

// Identities of inlined pictures get a prefix wherever they are used.
func TestEmbeddable(t *testing.T) {
	const svg = `<?xml version="1.0"?>
<!-- Generated -->
<svg width="10pt" height="20pt" viewBox="0 0 10 20">
<clipPath id="c"><rect width="3" id="r2"/></clipPath><g clip-path="url(#c)"><use href="#r2"/><use xlink:href="#r2"/></g><text>url and id</text></svg>`
	const want = `<svg viewBox="0 0 10 20" role="img">
<clipPath id="p-c"><rect width="3" id="p-r2"/></clipPath><g clip-path="url(#p-c)"><use href="#p-r2"/><use xlink:href="#p-r2"/></g><text>url and id</text></svg>`
	if got := embeddable(svg, "p-", ` role="img"`); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// Names between grave accents are code of the page; nothing else becomes markup.
func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"`a` beats `b<i>`.": "<code>a</code> beats <code>b&lt;i&gt;</code>.",
		"a ` alone & <b>":   "a ` alone &amp; &lt;b&gt;",
		"`a` and `":         "<code>a</code> and `",
		"":                  "",
	} {
		if got := string(code(in)); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
