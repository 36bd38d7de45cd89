package plots

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"ventral/plots/canvas"
	"ventral/plots/page"
)

// report is a page with every part.
func report(t *testing.T) page.Page {
	t.Helper()
	d, err := blt.data(canvas.Style{})
	if err != nil {
		t.Fatal(err)
	}
	figures, err := PageFigures(d)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range figures {
		figures[i].Files = []page.Link{{Text: "SVG", Path: "figures/" + f.Light.Name + ".svg"}, {Text: "PNG", Path: "figures/" + f.Light.Name + ".png"}}
	}
	return page.Page{
		Title: "blt", Subtitle: "One run of 60 epochs",
		Summary: []string{"Accuracy on 40 test images is 92.5 % at step 7 (95 % interval 80.1 to 97.4 %, Wilson, over images); chance is 10 %.",
			"The image reaches V1 at step 0 and IT at step 3."},
		Facts: []page.Fact{{Label: "test accuracy, step 7", Value: "92.5 %"}, {Label: "parameters", Value: "184,320"}, {Label: "training", Value: "60 epochs, 41 min"}, {Label: "precision", Value: "float32"}},
		Tables: []page.Table{{Title: "Accuracy by step", Columns: []string{"step", "accuracy (%)", "95 % interval (%)", "n", "confidence", "norm statistics"},
			Rows: [][]string{{"3", "80.0", "65.2–89.5", "40", "0.458", "re-estimated"}, {"4", "72.5", "57.2–83.9", "40", "0.472", "trained"}, {"5", "85.0", "70.9–92.9", "40", "—", "trained"}},
			Note: "Wilson 95 % interval over images; float32."}},
		Figures:    figures,
		Experiment: "steps = 8\nareas = [\"V1\", \"V2\"]\n# <script>alert(1)</script> & more\n",
		Links:      []page.Link{{Text: "experiment", Path: "experiment.toml"}, {Text: "outputs at every step", Path: "recordings/logits 1.npz"}, {Text: "odd", Path: "a#b?c%20.csv"}},
		Provenance: []page.Fact{{Label: "program", Value: "cortex 1"}, {Label: "seed", Value: "1"}, {Label: "stimuli", Value: "sha256:3a5ff8c1e9d24c57b7a36a2f5c7a44b2d3fd8a4c9f4a2c94a4b1f60d4a8c2b11"}},
	}
}

var script = regexp.MustCompile(`(?s)(<script[^>]*>).*?</script>`)

// elements parses a page and returns its elements in order.
func elements(t *testing.T, page string) (all []xml.StartElement) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(script.ReplaceAllString(page, "$1</script>"))) // what is inside is no markup
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := token.(xml.StartElement); ok {
			all = append(all, e.Copy())
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}

func TestWritePage(t *testing.T) {
	p := report(t)
	var a, b bytes.Buffer
	if err := page.Write(&a, p); err != nil {
		t.Fatal(err)
	}
	if err := page.Write(&b, report(t)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two writes differ")
	}
	page := a.String()
	if *pictures != "" {
		if err := os.WriteFile(filepath.Join(*pictures, "index.html"), a.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	all := elements(t, page)
	ids, refs := map[string]bool{}, []string{}
	count := map[string]int{}
	for _, e := range all {
		name := e.Name.Local
		count[name]++
		if id := attribute(e, "id"); id != "" {
			if ids[id] {
				t.Errorf("id %q twice", id)
			}
			ids[id] = true
		}
		for _, a := range []string{"aria-describedby", "aria-labelledby"} {
			if r := attribute(e, a); r != "" {
				refs = append(refs, r)
			}
		}
		if name == "svg" && (attribute(e, "role") != "img" || attribute(e, "aria-label") == "" || attribute(e, "viewBox") == "" || attribute(e, "width") != "") {
			t.Errorf("svg has attributes %v", e.Attr)
		}
		// What would load something or run something.
		for _, a := range e.Attr {
			v := strings.ToLower(a.Value)
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "src" {
				t.Errorf("%s has %s", name, a.Name.Local)
			}
			if a.Name.Local == "href" && name != "a" && !strings.HasPrefix(v, "data:image/png;base64,") && v != "data:," {
				t.Errorf("%s refers to %.40q", name, v)
			}
			if a.Name.Local == "href" && name == "a" && strings.Contains(v, ":") {
				t.Errorf("link to %q", v)
			}
		}
	}
	for _, r := range refs {
		if !ids[r] {
			t.Errorf("no element has id %q", r)
		}
	}
	n := len(p.Figures)
	for name, want := range map[string]int{"script": 1, "link": 1, "iframe": 0, "figure": n, "figcaption": n, "svg": 2 * n, "table": 2, "details": 1, "h1": 1} {
		if count[name] != want {
			t.Errorf("%d elements %q, want %d", count[name], name, want)
		}
	}
	if regexp.MustCompile(`@import|url\(\s*["']?https?:`).MatchString(page) {
		t.Error("styles load something")
	}
	code := script.FindString(page)
	sum := sha256.Sum256([]byte(strings.TrimSuffix(strings.TrimPrefix(code, "<script>"), "</script>")))
	policy, styles := strings.Index(page, `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'sha256-`+strings.ReplaceAll(base64.StdEncoding.EncodeToString(sum[:]), "+", "&#43;")+`'; style-src 'unsafe-inline'; img-src data:;`), strings.Index(page, "<style>")
	if policy < 0 || policy > styles {
		t.Error("no policy keeps the page from loading or running anything")
	}
	for _, want := range []string{"prefers-color-scheme: dark", "@media print", `name="viewport"`, `<html lang="en">`,
		"&lt;script&gt;alert(1)&lt;/script&gt; &amp; more", `href="recordings/logits%201.npz"`, `href="a%23b%3Fc%2520.csv"`,
		`<th scope="col" class="number">accuracy (%)</th>`, `<td class="number">—</td>`, `<th scope="col">norm statistics</th>`, `<td>trained</td>`,
		"Wilson 95 % interval over images, n = 40 images"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

// A page of nothing but a title has no empty parts.
func TestWritePageEmpty(t *testing.T) {
	var b bytes.Buffer
	if err := page.Write(&b, page.Page{Title: "a < b"}); err != nil {
		t.Fatal(err)
	}
	for _, e := range elements(t, b.String()) {
		switch e.Name.Local {
		case "section", "table", "dl", "details", "ul", "figure", "h2", "p":
			t.Errorf("element %s of an empty page", e.Name.Local)
		}
	}
	if !strings.Contains(b.String(), "<h1>a &lt; b</h1>") {
		t.Error("the title is not there, escaped")
	}
}

func TestWritePageErrors(t *testing.T) {
	for _, c := range []struct {
		name string
		p    page.Page
		want string
	}{
		{"no title", page.Page{}, "without a title"},
		{"ragged table", page.Page{Title: "x", Tables: []page.Table{{Title: "T", Columns: []string{"a", "b"}, Rows: [][]string{{"1", "2"}, {"1"}}}}}, `"T": row 2 has 1 cells for 2 columns`},
		{"no figure", page.Page{Title: "x", Figures: []page.Figure{{}}}, "figure 1"},
		{"network", page.Page{Title: "x", Links: []page.Link{{Text: "a", Path: "https://example.org/a"}}}, "relative"},
		{"script", page.Page{Title: "x", Links: []page.Link{{Text: "a", Path: "javascript:alert(1)"}}}, "relative"},
		{"absolute", page.Page{Title: "x", Links: []page.Link{{Text: "a", Path: "/etc/passwd"}}}, "relative"},
		{"host", page.Page{Title: "x", Links: []page.Link{{Text: "a", Path: "//example.org"}}}, "relative"},
		{"empty", page.Page{Title: "x", Links: []page.Link{{Text: "a", Path: ""}}}, "relative"},
	} {
		var b bytes.Buffer
		err := page.Write(&b, c.p)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error that says %q", c.name, err, c.want)
		}
		if b.Len() > 0 {
			t.Errorf("%s: wrote %d bytes before the error", c.name, b.Len())
		}
	}
}

func Example_page() {
	var b strings.Builder
	err := page.Write(&b, page.Page{
		Title:  "blt",
		Facts:  []page.Fact{{Label: "test accuracy, step 7", Value: "92.5 %"}},
		Tables: []page.Table{{Title: "Onset", Columns: []string{"area", "step"}, Rows: [][]string{{"V1", "0"}, {"IT", "3"}}}},
	})
	for line := range strings.Lines(b.String()) {
		if strings.HasPrefix(line, "<tr>") {
			fmt.Print(line)
		}
	}
	fmt.Println(err)
	// Output:
	// <tr><th scope="row">V1</th><td class="number">0</td></tr>
	// <tr><th scope="row">IT</th><td class="number">3</td></tr>
	// <nil>
}
