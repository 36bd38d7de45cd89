package dataset

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/pack"
)

// Cache returns the folder in which packs and downloads lie.
func Cache() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", exit.Wrongf("there is no cache folder: %v", err)
	}
	return filepath.Join(cache, "cortex"), nil
}

// Packs returns packs of the cache whose names begin so; all where none is named.
func Packs(names []string) (list []pack.Status, err error) {
	cache, err := Cache()
	if err != nil {
		return nil, err
	}
	all, err := pack.List(cache)
	if err != nil || len(names) == 0 {
		return all, err
	}
	for _, name := range names {
		var found []pack.Status
		for _, s := range all {
			if len(name) >= 4 && strings.HasPrefix(filepath.Base(s.Folder), name) {
				found = append(found, s)
			}
		}
		if len(found) != 1 {
			return nil, exit.Wrongf("%q: found %s in %s of that name, want one; cortex data list names them, and the first letters do (four or more)", name, readable.Counted(len(found), "pack"), filepath.Join(cache, "packs"))
		}
		list = append(list, found[0])
	}
	return list, nil
}

// Short is the name by which a pack is listed.
func Short(s pack.Status) string { return filepath.Base(s.Folder)[:12] }

// PrintPack says how a pack stands.
func PrintPack(w io.Writer, s pack.Status) {
	fmt.Fprintf(w, "%s: %s, %s of %s images, %s\n%s\n", plain(s.Of), s.State, readable.Grouped(s.Decoded), readable.Grouped(s.Images), readable.Bytes(s.Disk), s.Folder)
}

// Inventory is the kinds of data sets, and what is in the cache.
type Inventory struct {
	Format    int           `json:"format"`
	Kinds     []Kind        `json:"kinds"`
	Cache     string        `json:"cache"`
	Packs     []pack.Status `json:"packs"`
	Downloads []Download    `json:"downloads"`
}

// Kind is a kind of data set.
type Kind struct {
	Name   string `json:"name"`
	About  string `json:"about"`
	Source string `json:"source"`
}

// Download is a file or a folder of the cache that a data set was fetched into.
type Download struct {
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

// Take makes an inventory.
func Take() (*Inventory, error) {
	cache, err := Cache()
	if err != nil {
		return nil, err
	}
	x := &Inventory{Format: rundir.Format, Cache: cache, Packs: []pack.Status{}, Downloads: []Download{}}
	packs, err := pack.List(cache)
	if err != nil {
		return nil, err
	}
	x.Packs = append(x.Packs, packs...)
	for _, s := range stimuli.Sets() {
		x.Kinds = append(x.Kinds, Kind{s.Name, s.About, s.Source})
	}
	entries, err := os.ReadDir(cache)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	for _, e := range entries {
		if slices.Contains([]string{"packs", "sums", "files"}, e.Name()) || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		d := Download{Name: e.Name()}
		filepath.WalkDir(filepath.Join(cache, e.Name()), func(_ string, f fs.DirEntry, err error) error {
			if err == nil && f.Type().IsRegular() {
				if info, err := f.Info(); err == nil {
					d.Bytes += info.Size()
				}
			}
			return nil
		})
		x.Downloads = append(x.Downloads, d)
	}
	return x, nil
}

// Print writes the inventory for people.
func (x *Inventory) Print(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "kind\twhat it is\tsource")
	for _, k := range x.Kinds {
		fmt.Fprintf(t, "%s\t%s\t%s\n", k.Name, k.About, k.Source)
	}
	t.Flush()
	fmt.Fprintf(w, "\nthe cache %s: %s, %s\n", x.Cache, readable.Counted(len(x.Packs), "pack"), readable.Counted(len(x.Downloads), "download"))
	if len(x.Packs) > 0 {
		t = tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "pack\tstate\timages\tsize\tof")
		for _, s := range x.Packs {
			fmt.Fprintf(t, "%s\t%s\t%s of %s\t%s\t%s\n", Short(s), s.State, readable.Grouped(s.Decoded), readable.Grouped(s.Images), readable.Bytes(s.Disk), plain(s.Of))
		}
		t.Flush()
	}
	for _, d := range x.Downloads {
		fmt.Fprintf(w, "%s: %s\n", plain(d.Name), readable.Bytes(d.Bytes))
	}
}
