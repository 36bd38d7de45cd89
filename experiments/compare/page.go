package compare

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"

	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/plots/page"
)

// newPage is the report as a page with figures, which links to files of the folder.
func newPage(r *Report, dir rundir.Folder, figures []page.Figure) (page.Page, error) {
	p := page.Page{Provenance: r.Provenance, Title: r.Name + ": comparison", Subtitle: subtitle(r), Figures: figures}
	p.Summary = append(p.Summary, r.Findings...)
	p.Summary = append(p.Summary, fmt.Sprintf("Claims are made of one outcome, %s, with training runs as n: Welch's test, Holm over its %s. Everything else here is exploratory.", r.Primary, readable.Counted(len(r.Pairs), "pair")))
	if len(r.LeftOut) > 0 {
		p.Summary = append(p.Summary, strings.Join(r.LeftOut, "; ")+".")
	}
	if text := looked(r.Looks); text != "" {
		p.Summary = append(p.Summary, text)
	}
	p.Tables = append(p.Tables, variantTable(r), pairTable(r), changeTable(r.Variants))
	if t, ok := networkTable(r); ok {
		p.Tables = append(p.Tables, t)
	}
	diffs, err := diffTables(r.groups)
	if err != nil {
		return p, err
	}
	p.Tables = append(p.Tables, diffs...)
	p.Links = links(dir, r.groups)
	return p, nil
}

// subtitle counts variants, runs and images.
func subtitle(r *Report) string {
	least, most := math.MaxInt, 0
	for _, g := range r.groups {
		least, most = min(least, len(g.Runs)), max(most, len(g.Runs))
	}
	runs := fmt.Sprintf("%d to %d runs each", least, most)
	if least == most {
		runs = readable.Counted(most, "run") + " each"
	}
	return fmt.Sprintf("%s, %s, %s %s images", readable.Counted(len(r.groups), "variant"), runs, grouped(float64(r.Images)), r.Split)
}

// looked warns of tests that were made before with fewer runs. Looks are the
// numbers of runs of each variant of earlier reports.
func looked(looks []int) string {
	if len(looks) == 0 {
		return ""
	}
	n := looks[len(looks)-1]
	return fmt.Sprintf("Seeds were added to a comparison of %s each that had a report. Tests that are looked at, and made again with more runs, find differences that are not there more often than they say.", readable.Counted(n, "run"))
}

// links are those of the page: the files of the comparison, and the pages of its
// runs.
func links(dir rundir.Folder, groups []*Group) (list []page.Link) {
	for _, name := range []string{reportFile, "runs.csv", "pairs.csv", "steps.csv", "networks.csv", "analyses.csv", "frames.json", planFile, "ledger.json"} {
		if dir.Has(name) {
			list = append(list, page.Link{Text: name, Path: name})
		}
	}
	for _, g := range groups {
		for _, run := range g.Runs {
			if path := link(dir, run.Folder); path != "" {
				list = append(list, page.Link{Text: fmt.Sprintf("%s, seed %d", g.Name, run.Seed), Path: path})
			}
		}
	}
	return list
}

// link is a run's page as seen from the comparison's folder, "" where it lies
// elsewhere or was not drawn.
func link(dir, run rundir.Folder) string {
	if !run.Has("index.html") {
		return ""
	}
	path := relative(dir, run) + "/index.html"
	if !filepath.IsLocal(filepath.FromSlash(path)) {
		return ""
	}
	return path
}
