// Package page writes the page of a run or a comparison: figures, tables and facts in one
// HTML file.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"ventral/plots/canvas"
	"ventral/plots/movie"
)

// Page is a report in one HTML file: of a run, or of a comparison of runs.
// Empty parts are left out.
type Page struct {
	Title      string
	Subtitle   string    // one line, such as the kind of page and when it was made
	Question   string    // what was asked
	Finding    string    // a sentence that answers it, with its interval
	Summary    []string  // further sentences, a paragraph each
	Facts      []Fact    // the numbers that matter most
	Top        []Figure  // side by side, above all others
	Remarks    []string  // what a reader should look at first
	Images     *Images   // to choose from; nil: none
	Timeline   *Timeline // nil where nothing changes from step to step
	Tables     []Table
	Figures    []Figure
	Experiment string // the resolved experiment, shown folded
	Links      []Link // files of the folder the page lies in
	Provenance []Fact // what it takes to get the same numbers again
}

// Fact is a label and its value, with its unit.
type Fact struct{ Label, Value string }

// Table is rows under columns. The first column names its row. Columns
// whose cells are all numbers, or marks of missing ones, are aligned right.
type Table struct {
	Title   string
	Columns []string
	Rows    [][]string
	Note    string // below the table, such as n, interval and precision
}

// Figure is a figure as it is on light paper and on a dark screen.
type Figure struct {
	Light *canvas.Figure
	Dark  *canvas.Figure // nil: the light one everywhere
	Files []Link         // the same figure as files
	Movie *movie.Movie   // its pictures of one step each; nil: none

	Stills []Still // pictures of one step each that are drawn already
}

// Still is a figure at one step.
type Still struct {
	Step        int
	Light, Dark *canvas.Figure
}

// Link is a file by its slash-separated path relative to the page.
type Link struct{ Text, Path string }

//go:embed page.html
var pageText string

//go:embed page.css
var pageStyles string

//go:embed page.js
var pageScript string

// scriptHash is how the policy of a page names its only script.
var scriptHash = func() string {
	sum := sha256.Sum256([]byte(pageScript))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}()

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"styles":  func() template.CSS { return template.CSS("\n" + pageStyles) },
	"script":  func() template.JS { return template.JS(pageScript) },
	"hash":    func() string { return scriptHash },
	"data":    data,
	"last":    func(t *Timeline) int { return t.Steps - 1 },
	"numeric": func(t Table) []bool { return t.numeric() },
	"at":      func(b []bool, i int) bool { return i < len(b) && b[i] },
	"figure":  inline,
	"href":    href,
	"code":    code,
}).Parse(pageText))

// code makes names between grave accents, `name`, code of the page.
func code(s string) template.HTML {
	parts := strings.Split(template.HTMLEscapeString(s), "`")
	var b strings.Builder
	for i, part := range parts {
		switch {
		case i%2 == 1 && i+1 < len(parts):
			b.WriteString("<code>" + part + "</code>")
		case i%2 == 1: // it has no partner
			b.WriteString("`" + part)
		default:
			b.WriteString(part)
		}
	}
	return template.HTML(b.String())
}

// Write writes a page that needs nothing else: no network; styles, figures and its only
// script inside. The script reads data as JSON, and its hash is what the page's policy
// allows: no text of an experiment runs. Without scripts the page shows all steps at once. It is light or dark as the reader's screen is,
// and light on paper. Equal pages are equal bytes. A table whose rows do not
// fit its columns, a figure that is missing and a link that leaves the file
// system it lies in are errors.
func Write(w io.Writer, p Page) error {
	if p.Title == "" {
		return fmt.Errorf("plots: a page without a title")
	}
	for _, t := range p.Tables {
		for i, r := range t.Rows {
			if len(r) != len(t.Columns) {
				return fmt.Errorf("plots: table %q: row %d has %d cells for %d columns", t.Title, i+1, len(r), len(t.Columns))
			}
		}
	}
	if p.Images != nil {
		for id, text := range p.Images.Pictures {
			png, ok := strings.CutPrefix(text, "data:image/png;base64,")
			if _, err := base64.StdEncoding.DecodeString(png); err != nil || !ok {
				return fmt.Errorf("plots: the picture of image %d is %.20q, want a PNG in a data URL", id, text)
			}
		}
	}
	links := append([]Link(nil), p.Links...)
	for i, f := range slices.Concat(p.Top, p.Figures) {
		if f.Light == nil {
			return fmt.Errorf("plots: figure %d of page %q is nil", i+1, p.Title)
		}
		links = append(links, f.Files...)
	}
	for _, l := range links {
		if err := l.check(); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return fmt.Errorf("plots: page %q: %w", p.Title, err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// check refuses what is not a path relative to the page.
func (l Link) check() error {
	if l.Path == "" || path.IsAbs(l.Path) || strings.ContainsAny(l.Path, "\\:") {
		return fmt.Errorf("plots: link %q to %q: want a path relative to the page, such as \"figures/accuracy.svg\"", l.Text, l.Path)
	}
	return nil
}

// href returns a link's path for a template, which escapes all other bytes.
func href(l Link) string {
	return strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(l.Path)
}

var (
	numberCell  = regexp.MustCompile(`^[<>≈≤≥]?\s?[+−-]?\d[\d.,\x{2009}\x{202f}\x{a0}]*(e[+−-]?\d+)?(\s?%)?(\s?[±(\[–].*|\sto\s[+−-]?\d[\d.,]*(\s?%)?)?$`)
	missingCell = regexp.MustCompile(`^(|-|–|—|n/a|NaN)$`)
)

// numeric reports which columns hold numbers alone.
func (t Table) numeric() []bool {
	is := make([]bool, len(t.Columns))
	for c := range is {
		numbers, others := 0, 0
		for _, r := range t.Rows {
			switch {
			case numberCell.MatchString(r[c]):
				numbers++
			case !missingCell.MatchString(r[c]):
				others++
			}
		}
		is[c] = numbers > 0 && others == 0
	}
	return is
}

// narrowFigure is the width in points below which two figures share a row.
const narrowFigure = 330

// inlined is what the template needs of a figure.
type inlined struct {
	Light, Dark template.HTML
	Title       string
	Caption     string
	ID          string
	Width       template.CSS
	Narrow      bool // two fit side by side
	Files       []Link
	Stills      []inlinedStill
}

// inlinedStill is what the template needs of a picture of one step.
type inlinedStill struct {
	Step        int
	Light, Dark template.HTML
}

// figureID is the identity of figure i of a part of a page.
func figureID(part string, i int) string { return fmt.Sprintf("%s-%d", part, i+1) }

// inline draws figure i of a part of a page.
func inline(part string, i int, f Figure) (inlined, error) {
	out := inlined{Title: f.Light.Title, Caption: f.Light.Caption, ID: figureID(part, i), Files: f.Files,
		Narrow: f.Light.Width < narrowFigure && f.Movie == nil, Width: template.CSS(fmt.Sprintf("%.0fpt", float64(f.Light.Width)))}
	light, err := inlineSVG(f.Light, out.ID+"-light-", out.ID)
	if err != nil || f.Dark == nil {
		out.Light = light
		return out, err
	}
	out.Light = light
	if out.Dark, err = inlineSVG(f.Dark, out.ID+"-dark-", out.ID); err != nil {
		return out, err
	}
	for _, s := range f.Stills {
		x := inlinedStill{Step: s.Step}
		if x.Light, err = inlineSVG(s.Light, fmt.Sprintf("%s-%d-light-", out.ID, s.Step), out.ID); err != nil {
			return out, err
		}
		if x.Dark, err = inlineSVG(s.Dark, fmt.Sprintf("%s-%d-dark-", out.ID, s.Step), out.ID); err != nil {
			return out, err
		}
		out.Stills = append(out.Stills, x)
	}
	return out, nil
}

func inlineSVG(f *canvas.Figure, prefix, id string) (template.HTML, error) {
	var b bytes.Buffer
	notes, err := canvas.SaveNoted(&b, f)
	if err != nil {
		return "", err
	}
	attributes := fmt.Sprintf(` role="img" aria-label="%s" aria-describedby="%s-caption"`, template.HTMLEscapeString(f.Title), id)
	text := embeddable(b.String(), prefix, attributes)
	if end := strings.LastIndex(text, "</svg>"); end >= 0 {
		text = text[:end] + marks(notes) + text[end:]
	}
	return template.HTML(text), nil
}

var (
	svgRoot = regexp.MustCompile(`<svg\s[^>]*>`)
	svgSize = regexp.MustCompile(`\s(width|height)="[^"]*"`)
	svgName = regexp.MustCompile(`(\sid=")([^"])`)
	svgUse  = regexp.MustCompile(`(url\(["']?#|href="#)`)
)

// embeddable turns an SVG file into an element of a page: without prolog and
// size of its own, with identities that no other has.
func embeddable(svg, prefix, attributes string) string {
	if at := svgRoot.FindStringIndex(svg); at != nil {
		root := svgSize.ReplaceAllString(svg[at[0]:at[1]-1], "")
		svg = root + attributes + ">" + svg[at[1]:]
	}
	svg = svgName.ReplaceAllString(svg, "${1}"+prefix+"${2}")
	return svgUse.ReplaceAllString(svg, "${1}"+prefix)
}
