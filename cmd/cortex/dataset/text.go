package dataset

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf8"

	"ventral/experiments/readable"
	"ventral/experiments/stimuli"
)

// sorted lists sizes, the most frequent first; none where all are of the shape.
func sorted(all map[[2]int]int, shape [3]int) (list []Size) {
	for size, n := range all {
		list = append(list, Size{size[0], size[1], n})
	}
	if len(list) == 1 && list[0].Height == shape[0] && list[0].Width == shape[1] {
		return nil
	}
	slices.SortFunc(list, func(a, b Size) int {
		return cmp.Or(b.Images-a.Images, a.Height-b.Height, a.Width-b.Width)
	})
	return list
}

// Print writes the survey for people.
func (s *Survey) Print(w io.Writer) {
	fmt.Fprintf(w, "%s: %d×%d pixels (height × width), %s", s.Name, s.Height, s.Width, readable.Counted(s.Channels, "channel"))
	if s.Frames > 1 {
		fmt.Fprintf(w, ", %d frames", s.Frames)
	}
	fmt.Fprintf(w, "\n%s: %s (%s)\n", s.Kind, s.About, s.Source)
	if len(s.Columns) > 0 {
		fmt.Fprintf(w, "columns: %s\n", plain(strings.Join(s.Columns, ", ")))
	}
	for _, t := range s.Targets {
		what := fmt.Sprintf("%d×%d×%d values", t.Height, t.Width, t.Values)
		if t.Classes > 0 {
			what = fmt.Sprintf("%d classes", t.Classes)
		}
		fmt.Fprintf(w, "target %s: %s\n", plain(t.Name), what)
	}
	fmt.Fprintln(w)
	s.classes(w)
	s.sizes(w)
	if len(s.Mean) > 0 {
		fmt.Fprintf(w, "training pixels: mean %s, standard deviation %s\n", numbers(s.Mean), numbers(s.Std))
	}
	s.leaks(w)
	s.files(w, "skipped", s.Skipped)
	s.files(w, "read, though the name says something else", s.Misnamed)
}

// files prints a list of files with what is said of each.
func (s *Survey) files(w io.Writer, what string, files []stimuli.Skipped) {
	for i, x := range files {
		if i == 0 {
			fmt.Fprintf(w, "\n%s: %s\n", what, readable.Counted(len(files), "file"))
		}
		if i == few {
			fmt.Fprintln(w, "  …")
			break
		}
		fmt.Fprintf(w, "  %s: %s\n", plain(x.File), plain(x.Reason))
	}
}

// few is how many lines of a list are printed; JSON has all.
const few = 20

// classes prints images by class and split.
func (s *Survey) classes(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	cell := func(format string, a ...any) { fmt.Fprintf(t, format+"\t", a...) }
	cell("")
	for _, x := range s.Splits {
		cell("%s", x.Name)
	}
	fmt.Fprintln(t)
	cell("images")
	for _, x := range s.Splits {
		cell("%s", readable.Grouped(x.Images))
	}
	fmt.Fprintln(t)
	n := len(s.Splits[0].Classes)
	for c := range min(n, few) {
		cell("%s", plain(s.Splits[0].Classes[c].Name))
		for _, x := range s.Splits {
			cell("%s", readable.Grouped(x.Classes[c].Images))
		}
		fmt.Fprintln(t)
	}
	if n > few {
		cell("… %d more classes, each", n-few)
		for _, x := range s.Splits {
			least, most := x.Classes[few].Images, x.Classes[few].Images
			for _, c := range x.Classes[few:] {
				least, most = min(least, c.Images), max(most, c.Images)
			}
			cell("%s", between(least, most))
		}
		fmt.Fprintln(t)
	}
	t.Flush()
	for _, x := range s.Splits {
		var none []string
		for _, c := range x.Classes {
			if c.Images == 0 {
				none = append(none, plain(c.Name))
			}
		}
		if len(none) > 0 && x.Images > 0 {
			fmt.Fprintf(w, "no %s images: %s\n", x.Name, list(none))
		}
	}
}

func between(lo, hi int) string {
	if lo == hi {
		return readable.Grouped(lo)
	}
	return readable.Grouped(lo) + "–" + readable.Grouped(hi)
}

// sizes prints how large images are before they are cut to the shape of the data.
func (s *Survey) sizes(w io.Writer) {
	all := map[[2]int]int{}
	n := 0
	for _, x := range s.Splits {
		for _, z := range x.Sizes {
			all[[2]int{z.Height, z.Width}] += z.Images
			n += z.Images
		}
	}
	if len(all) == 0 {
		return
	}
	list := sorted(all, [3]int{})
	least, most := list[0], list[0]
	for _, z := range list {
		least.Height, least.Width = min(least.Height, z.Height), min(least.Width, z.Width)
		most.Height, most.Width = max(most.Height, z.Height), max(most.Width, z.Width)
	}
	fmt.Fprintf(w, "before they are cut: %s pixels high, %s wide; most often %d×%d (%.0f %% of images)\n",
		between(least.Height, most.Height), between(least.Width, most.Width), list[0].Height, list[0].Width, 100*float64(list[0].Images)/float64(n))
}

// leaks prints which images are there twice.
func (s *Survey) leaks(w io.Writer) {
	switch {
	case !s.Pixels:
		fmt.Fprintln(w, "pixels were not read: whether images are there twice is unknown")
		return
	case s.Groups == 0:
		fmt.Fprintln(w, "no two images have the same pixels")
		return
	}
	fmt.Fprintln(w)
	for _, name := range slices.Sorted(maps.Keys(s.Leaks)) {
		of, in, _ := strings.Cut(name, " in ")
		fmt.Fprintf(w, "leakage: %s of %s %s images also in %s\n", readable.Grouped(s.Leaks[name]), readable.Grouped(s.images(of)), of, in)
	}
	if len(s.Leaks) == 0 {
		fmt.Fprintln(w, "no image is in two splits")
	}
	fmt.Fprintf(w, "the same pixels: %s of images", readable.Counted(s.Groups, "group"))
	if s.Contrary > 0 {
		fmt.Fprintf(w, ", %d of them with different classes", s.Contrary)
	}
	fmt.Fprintln(w)
	for i, t := range s.Twins {
		if i == few {
			fmt.Fprintln(w, "  …")
			break
		}
		var places []string
		for _, p := range t.Images {
			text := fmt.Sprintf("%s %d", p.Split, p.Image)
			if p.ID != "" {
				text += " " + plain(p.ID)
			}
			if p.Class != "" {
				text += " (" + plain(p.Class) + ")"
			}
			places = append(places, text)
		}
		fmt.Fprintf(w, "  %s\n", list(places))
	}
}

func (s *Survey) images(split string) int {
	for _, x := range s.Splits {
		if x.Name == split {
			return x.Images
		}
	}
	return 0
}

// list writes the first of some words.
func list(words []string) string {
	if len(words) > 8 {
		words = append(slices.Clone(words[:8]), fmt.Sprintf("… (%d)", len(words)))
	}
	return strings.Join(words, ", ")
}

// numbers writes a number a channel.
func numbers(x []float64) string {
	var words []string
	for _, v := range x {
		words = append(words, fmt.Sprintf("%.4f", v))
	}
	return list(words)
}

// plain writes a text on one line: in quotation marks where it holds signs that are not
// printed, as it is elsewhere.
func plain(s string) string {
	if strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }) {
		return strconv.Quote(s)
	}
	return s
}
