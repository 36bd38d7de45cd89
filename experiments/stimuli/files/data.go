package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/diskfile"
	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/pack"
	"ventral/experiments/stimuli/picture"
	"ventral/experiments/stimuli/shelf"
)

// data is pictures in files, each decoded when it is asked for, or read from the pack.
type data struct {
	*listing
	keys   settings
	about  stimuli.Description
	parts  parts
	hashes map[string]string
	shelf  *shelf.Shelf // nil before the data is open
	cache  string

	beside []string // files that targets are read from, such as masks, as paths below the root
	sums   []string // SHA-256 of the entries' files and of those beside, as list has them

	// answer writes a target of an entry, and factor says what a column tells of it.
	answer  func(entry int, name string, values []float32) error
	columns []string
	factor  func(entry int, column string) (string, error)
}

var (
	_ stimuli.Factored  = (*data)(nil)
	_ stimuli.Windowed  = (*data)(nil)
	_ stimuli.Skipping  = (*data)(nil)
	_ stimuli.Misnaming = (*data)(nil)
	_ stimuli.Keeping   = (*data)(nil)
)

// Description implements [stimuli.Data].
func (d *data) Description() stimuli.Description {
	about := d.about
	about.Targets = slices.Clone(about.Targets)
	for i := range about.Targets {
		about.Targets[i].Classes = slices.Clone(about.Targets[i].Classes)
	}
	return about
}

// Hashes implements [stimuli.Data].
func (d *data) Hashes() map[string]string { return maps.Clone(d.hashes) }

// Skipped implements [stimuli.Skipping].
func (d *data) Skipped() []stimuli.Skipped { return slices.Clone(d.skipped) }

// Columns implements [stimuli.Factored].
func (d *data) Columns() []string { return slices.Clone(d.columns) }

// Factor implements [stimuli.Factored].
func (d *data) Factor(s stimuli.Split, image int, column string) (string, error) {
	if err := d.about.InRange(s, image, 0); err != nil {
		return "", err
	}
	if !slices.Contains(d.columns, column) {
		return "", fmt.Errorf("found column %q, there are %s", column, strings.Join(d.columns, ", "))
	}
	return d.factor(int(d.parts[s][image]), column)
}

// Target implements [stimuli.Data].
func (d *data) Target(s stimuli.Split, image, frame int, name string, values []float32) error {
	if err := d.about.InRange(s, image, frame); err != nil {
		return err
	}
	t, ok := d.about.Target(name)
	if !ok {
		var names []string
		for _, t := range d.about.Targets {
			names = append(names, t.Name)
		}
		return fmt.Errorf("found target %q, there are %q", name, names)
	}
	if len(values) != t.Shape[0]*t.Shape[1]*t.Shape[2] {
		panic("stimuli: Target: values are not as many as the target has")
	}
	return d.answer(int(d.parts[s][image]), name, values)
}

// Read implements [stimuli.Data].
func (d *data) Read(s stimuli.Split, image, frame int, pixels []float32) error {
	if err := d.about.InRange(s, image, frame); err != nil {
		return err
	}
	if len(pixels) != d.about.Shape[0]*d.about.Shape[1]*d.about.Shape[2] {
		panic("stimuli: Read: pixels are not height·width·channels long")
	}
	i := int(d.parts[s][image])
	return view(d, i, func(p picture.Pixels) error {
		if n := d.keys.short(); n > 0 {
			p = p.ShortSide(n).Centre(d.keys.Size, d.keys.Size)
		}
		if p.Height != d.about.Shape[0] || p.Width != d.about.Shape[1] {
			return fmt.Errorf("%s: found %d×%d pixels, the first image has %d×%d; size = N scales and cuts all to N×N", d.file(i), p.Height, p.Width, d.about.Shape[0], d.about.Shape[1])
		}
		write(pixels, p)
		return nil
	})
}

// Size implements [stimuli.Windowed].
func (d *data) Size(s stimuli.Split, image, frame int) (height, width int, err error) {
	if err := d.about.InRange(s, image, frame); err != nil {
		return 0, 0, err
	}
	return d.shelf.Size(int(d.parts[s][image]))
}

// ReadWindow implements [stimuli.Windowed].
func (d *data) ReadWindow(s stimuli.Split, image, frame int, w stimuli.Window, pixels []float32) error {
	if err := d.about.InRange(s, image, frame); err != nil {
		return err
	}
	i := int(d.parts[s][image])
	if err := d.shelf.ReadWindow(i, w, d.about.Shape, pixels); err != nil {
		return named(d, i, err)
	}
	return nil
}

// write writes pixels from 0 to 1.
func write(to []float32, p picture.Pixels) {
	for i, v := range p.Data {
		to[i] = stimuli.Unit[v]
	}
}

// file is where an entry lies.
func (d *data) file(i int) string {
	return filepath.Join(d.root, filepath.FromSlash(d.entries[i].name))
}

// view calls f with an entry's picture, of the channels of the data.
func view(d *data, i int, f func(picture.Pixels) error) error {
	read := false
	err := d.shelf.View(i, func(p pack.Picture) error {
		read = true
		return f(picture.Pixels{Height: p.Height, Width: p.Width, Channels: p.Channels, Data: p.Pixels})
	})
	if !read {
		return d.mayLeave(err)
	}
	return err
}

// mayLeave adds to the error of a file that cannot be read that it may be left out.
func (d *data) mayLeave(err error) error {
	if err == nil || d.keys.OnError == "skip" {
		return err
	}
	return fmt.Errorf("%w; on_error = \"skip\" leaves it out", err)
}

// named puts the file of an entry before an error that does not have it.
func named(d *data, i int, err error) error {
	if strings.Contains(err.Error(), filepath.FromSlash(d.entries[i].name)) {
		return err
	}
	return fmt.Errorf("%s: %w", d.file(i), err)
}

// files are those of the entries.
func (d *data) files(of string) shelf.Files {
	names := make([]string, len(d.entries))
	for i, e := range d.entries {
		names[i] = e.name
	}
	return shelf.Files{Of: of, Root: d.root, Names: names, Grey: d.keys.Grey, Short: d.keys.packed()}
}

// open reads what is needed before the first image: the hashes of the files, and the
// pack, where the settings want one and there is a cache.
func (d *data) open(env stimuli.Env, of string, packed, again bool) (err error) {
	if d.shelf, err = shelf.Open(env, d.files(of), packed && d.keys.Pack != 0, again); err != nil {
		var image *pack.ImageError
		switch {
		case errors.As(err, &image):
			return fmt.Errorf("path: %s: %w", filepath.Join(d.root, filepath.FromSlash(image.ID)), d.mayLeave(image.Err))
		case strings.HasPrefix(err.Error(), "pack: "):
			return err
		}
		return fmt.Errorf("path: %w", err)
	}
	return hash(d, env)
}

// Keep implements [stimuli.Keeping]: beside the pack, by the images of each split.
func (d *data) Keep(name string, make func() ([]byte, error)) ([]byte, error) {
	h := sha256.New()
	fmt.Fprintln(h, d.keys.Size, d.keys.Resize, d.parts)
	return d.shelf.Keep(name+"-"+hex.EncodeToString(h.Sum(nil)[:8]), make)
}

// perFile is the number of files up to which each has a hash of its own; of more, each
// folder has one.
const perFile = 1000

// hash makes the hashes: of every file that is read, or of every folder of them.
func hash(d *data, env stimuli.Env) error {
	known := make(map[string]bool, len(d.entries))
	for _, e := range d.entries {
		known[e.name] = true
	}
	d.beside = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(d.beside))), func(name string) bool { return known[name] })
	beside, err := stimuli.Sums(env, d.root, d.beside)
	if err != nil {
		return fmt.Errorf("masks: %w", err)
	}
	d.sums = slices.Concat(d.shelf.Sums(), beside)
	d.hashes = map[string]string{}
	if len(d.sums) <= perFile {
		for i, sum := range d.sums {
			d.hashes[nameOf(d, i)] = sum
		}
		return nil
	}
	for folder, text := range byFolder(d) {
		sum := sha256.Sum256([]byte(text))
		d.hashes[folder+"/"] = hex.EncodeToString(sum[:])
		remember(d, text, d.hashes[folder+"/"])
	}
	return nil
}

// nameOf is the file that a sum is of.
func nameOf(d *data, i int) string {
	if n := len(d.entries); i >= n {
		return d.beside[i-n]
	}
	return d.entries[i].name
}

// byFolder writes names and hashes of the files of every folder, a line a file.
func byFolder(d *data) map[string]string {
	lines := map[string][]string{}
	for i, sum := range d.sums {
		folder, name := path.Split(nameOf(d, i))
		folder = path.Clean(folder)
		lines[folder] = append(lines[folder], name+"\t"+sum+"\n")
	}
	text := map[string]string{}
	for folder, list := range lines {
		slices.Sort(list)
		text[folder] = strings.Join(list, "")
	}
	return text
}

// manifest is where a cache keeps what a folder held, by its hash.
func manifest(d *data, sum string) string {
	return filepath.Join(d.cache, "files", "folders", sum+".tsv")
}

// remember keeps what a folder held, so that a later change can be told by its file.
func remember(d *data, text, sum string) {
	file := manifest(d, sum)
	if d.cache == "" {
		return
	}
	if _, err := os.Stat(file); err == nil {
		return
	}
	diskfile.WriteWhole(file, []byte(text)) // or it is not told
}

// Differs implements [stimuli.Tracing]: the first file of a folder that is not as it
// was when the folder had another hash.
func (d *data) Differs(name, was string) string {
	folder, ok := strings.CutSuffix(name, "/")
	before, err := os.ReadFile(manifest(d, was))
	if !ok || err != nil || d.cache == "" {
		return ""
	}
	is, then := strings.SplitAfter(byFolder(d)[folder], "\n"), strings.SplitAfter(string(before), "\n")
	for i := range max(len(is), len(then)) {
		a, b := "", ""
		if i < len(is) {
			a, _, _ = strings.Cut(is[i], "\t")
		}
		if i < len(then) {
			b, _, _ = strings.Cut(then[i], "\t")
		}
		switch {
		case i < len(is) && i < len(then) && is[i] == then[i]:
		case a == b && a != "":
			return folder + "/" + a + " is another file"
		case b == "" || a != "" && a < b:
			return folder + "/" + a + " is new"
		default:
			return folder + "/" + b + " is missing"
		}
	}
	return ""
}
