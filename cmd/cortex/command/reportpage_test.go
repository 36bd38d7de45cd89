package command

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ventral/plots/canvas"
	"ventral/plots/movie"
	"ventral/plots/page"
)

// The page of a run is opened in a browser, as its reader would: moved through time, asked
// for an image, sorted, pointed at, printed, read on a phone and in the dark.
func TestReportInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: trains and opens a browser")
	}
	b := openChromium(t)
	dir := t.TempDir()
	small, err := os.ReadFile("testdata/small.toml")
	must(t, err)
	text := strings.Replace(string(small), "steps = 5\n", "steps = 5\nabout = \"Does </script><script>document.title = 'broken'</script> <b>run</b>?\"\n", 1) + "\n[analysis.rdm]\nkind = \"rdm\"\n[analysis.share]\nkind = \"share\"\n"
	must(t, os.WriteFile(filepath.Join(dir, "small.toml"), []byte(text), 0o666))
	if out, err := process(dir, "run", "small.toml", "--out", "r").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b.media("screen", "light", 1100)
	b.open(filepath.Join(dir, "r/index.html"))
	check := func(what, expression, want string) {
		t.Helper()
		if got := b.text(expression); got != want {
			t.Errorf("%s: %s is %q, want %q", what, expression, got, want)
		}
	}
	step := "document.querySelector('.clock input').value"
	number := func(expression string) int {
		t.Helper()
		n, err := strconv.Atoi(b.text(expression))
		must(t, err)
		return n
	}
	maps := `Array.from(document.querySelectorAll('.panel:not([hidden]) canvas')).map(c => c.toDataURL()).join()`

	check("markup of the question stays text", "document.title + ' ' + document.querySelectorAll('b').length", "small 0")
	check("what was asked", "document.querySelector('.question').textContent.includes('<b>run</b>')", "true")
	anatomy := "document.querySelector('.step:not([hidden])').innerHTML"
	narrow := b.text(anatomy)
	first := number(step)
	before := b.text(maps)
	if strings.Count(before, "data:") < 4 {
		t.Errorf("found maps %.80q, want those of two areas and of classes", before)
	}
	b.press("ArrowRight")
	check("an arrow key moves the slider", step, strconv.Itoa(first+1))
	if b.text(maps) == before {
		t.Error("no map changes with the step")
	}
	if b.text(anatomy) == narrow {
		t.Error("no share of a drive changes with the step")
	}
	check("lines at the step", "document.querySelectorAll('.times line[style*=visible]').length > 2", "true")
	check("values at the step", "document.querySelector('.values').textContent.startsWith('At step "+strconv.Itoa(first+1)+": ')", "true")
	b.press("ArrowLeft")
	if b.text(maps) != before {
		t.Error("maps are others when one comes back to a step")
	}
	b.text("document.querySelector('.clock .play').click()")
	for range 100 {
		if number(step) != first {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	b.text("document.querySelector('.clock .play').click()")
	stopped := number(step)
	if stopped == first {
		t.Error("playing does not move the slider")
	}
	time.Sleep(800 * time.Millisecond)
	check("pausing", step, strconv.Itoa(stopped))
	b.text("(() => { const r = document.querySelector('.clock input'); r.value = 4; r.dispatchEvent(new Event('input', {bubbles: true})) })()")
	check("dragging", "document.querySelector('.clock output').textContent.startsWith('step 4')", "true")

	at4 := b.text(maps)
	check("all images", "document.querySelector('.found').textContent", "16 of 16 images")
	b.text("document.querySelectorAll('button.image')[1].click()")
	check("the chosen image", "document.querySelectorAll('button.image[aria-pressed=true]').length + document.querySelector('.detail').textContent.slice(0, 6)", "1Image ")
	if b.text(maps) == at4 {
		t.Error("the maps of another image are the same")
	}
	right := number("document.querySelectorAll('button.image').length && Array.from(document.querySelectorAll('button.image')).filter(b => b.textContent.startsWith('✓')).length")
	b.text("(() => { const s = document.querySelector('[name=answer]'); s.value = 'right'; s.dispatchEvent(new Event('input', {bubbles: true})) })()")
	check("images that are answered rightly", "document.querySelector('.found').textContent", strconv.Itoa(right)+" of 16 images")
	when := func(v string) int {
		b.text("(() => { const s = document.querySelector('[name=answer]'); s.value = ''; const w = document.querySelector('[name=when]'); w.value = '" + v + "'; w.dispatchEvent(new Event('input', {bubbles: true})) })()")
		return number("document.querySelectorAll('button.image').length")
	}
	if early, late, lost, never := when("early"), when("late"), when("lost"), when("never"); early+late != right || early+late+lost+never != 16 {
		t.Errorf("%d early, %d late, %d lost, %d never: want %d right of 16", early, late, lost, never, right)
	}
	b.text("(() => { const w = document.querySelector('[name=when]'); w.value = ''; const s = document.querySelector('[name=text]'); s.value = '7'; s.dispatchEvent(new Event('input', {bubbles: true})) })()")
	check("search", "Array.from(document.querySelectorAll('button.image')).every(b => b.title.includes('image 7,') || b.title.includes(', 7,'))", "true")

	b.text("document.querySelector('table.sorts th button').click()")
	column := "Array.from(document.querySelectorAll('table.sorts')[0].tBodies[0].rows).map(r => r.cells[0].textContent).join()"
	up := b.text(column)
	b.text("document.querySelector('table.sorts th button').click()")
	if down := b.text(column); down == up || len(down) != len(up) {
		t.Errorf("a table sorts as %s and as %s", up, down)
	}
	b.point(".panel:not([hidden]) canvas")
	check("a value under the pointer", "!document.querySelector('.tip').hidden && /step 4, .*: /.test(document.querySelector('.tip').textContent)", "true")
	b.point(".light .marks circle")
	check("a number under the pointer", "!document.querySelector('.tip').hidden && /: −?[0-9]/.test(document.querySelector('.tip').textContent)", "true")
	check("files of every figure", "Array.from(document.querySelectorAll('figure')).every(f => ['SVG', 'PNG', 'PDF'].every(x => f.querySelector('.files').textContent.includes(x)))", "true")

	b.media("screen", "dark", 1100)
	check("dark", "getComputedStyle(document.body).backgroundColor + ' ' + getComputedStyle(document.querySelector('.dark')).display", "rgb(22, 22, 22) block")
	b.media("screen", "light", 360)
	check("no wider than a phone", "document.documentElement.scrollWidth <= 360", "true")
	b.media("print", "light", 1100)
	check("print has all steps and no slider", "getComputedStyle(document.querySelector('.clock')).display + ' ' + Array.from(document.querySelectorAll('.still')).every(e => getComputedStyle(e).display === 'block') + ' ' + getComputedStyle(document.querySelector('.moving')).display", "none true none")
	if p := b.pdf(); !bytes.HasPrefix(p, []byte("%PDF-")) || len(p) < 20000 {
		t.Errorf("printed %d bytes", len(p))
	}
	b.quiet("index.html")
}

// A page whose every text is markup shows text, runs nothing and asks for nothing.
func TestHostileReportInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: opens a browser")
	}
	const bad = "</script><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">'\"><b>"
	b := openChromium(t)
	figure := func() page.Figure {
		f := &canvas.Figure{Name: "x", Title: bad, Caption: bad, Width: 100, Height: 100, Style: canvas.Light()}
		f.Paint = func(p *canvas.Pen, w, h canvas.Pt) error {
			a := &canvas.Panel{Pen: p, Rect: canvas.Edges(20, 20, 90, 90), XHi: 1, YHi: 1, Name: bad}
			a.Bottom([]float64{0, 1}, true, "time step "+bad)
			a.Circle(a.X(1), a.Y(0.5), 2, p.Style.Ink, true)
			p.Text(5, 5, bad, canvas.TextStyle{})
			return nil
		}
		names := movie.Positions{Axis: bad, Names: []string{bad, bad}}
		return page.Figure{Light: f, Files: []page.Link{{Text: bad, Path: "a"}},
			Movie: &movie.Movie{Title: bad, Unit: bad, Note: bad, Steps: []int{0, 1}, Panels: []movie.Panel{{Area: bad, Name: bad, Image: movie.None, Rows: names, Columns: names, Scale: canvas.Scale{Hi: 1}, Data: [][]float64{{0, 1, 1, 0}, nil}}}}}
	}
	p := page.Page{Title: bad, Subtitle: bad, Question: bad, Finding: bad, Summary: []string{bad}, Remarks: []string{bad}, Facts: []page.Fact{{Label: bad, Value: bad}},
		Tables: []page.Table{{Title: bad, Columns: []string{bad, bad}, Rows: [][]string{{bad, bad}}, Note: bad}}, Top: []page.Figure{figure()}, Figures: []page.Figure{figure()},
		Experiment: bad, Links: []page.Link{{Text: bad, Path: "a"}}, Provenance: []page.Fact{{Label: bad, Value: bad}},
		Timeline: &page.Timeline{Steps: 2, Screen: []string{bad, bad}},
		Images:   &page.Images{Split: bad, Of: 1, Classes: []string{bad}, Steps: []int{0, 1}, IDs: []int{0}, Labels: []int{0}, Right: []byte{0, 1}, Chosen: []byte{0, 0, 0, 0}, Belief: []byte{9, 99}, Pictures: map[int]string{0: "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNiAAAABgADNjd8qAAAAABJRU5ErkJggg=="}}}
	path := filepath.Join(t.TempDir(), "hostile.html")
	var out bytes.Buffer
	must(t, page.Write(&out, p))
	must(t, os.WriteFile(path, out.Bytes(), 0o666))
	b.open(path)
	b.press("ArrowRight")
	b.text("document.querySelector('button.image').click()")
	b.point(".panel canvas")
	for expression, want := range map[string]string{
		"document.title":                                                        bad,
		"document.querySelectorAll('b').length":                                 "0",
		"document.querySelectorAll('script').length":                            "2",
		"document.querySelector('h1').textContent":                              bad,
		"document.querySelector('.detail').textContent.includes('<img')":        "true",
		"document.querySelector('.tip').textContent.includes('<img')":           "true",
		"document.querySelector('output').textContent.includes('<img')":         "true",
		"document.querySelector('.values').textContent.includes('<img')":        "true",
		"document.querySelector('.moving').textContent.includes('<img')":        "true",
		"document.querySelector('table.sorts th').textContent":                  bad,
		"document.querySelectorAll('[onerror]').length":                         "0",
		"Array.from(document.images).every(i => i.getAttribute('src') !== 'x')": "true",
	} {
		if got := b.text(expression); got != want {
			t.Errorf("%s is %q, want %q", expression, got, want)
		}
	}
	b.quiet("hostile.html")
}
