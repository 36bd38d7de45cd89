package sets

import (
	"archive/tar"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"ventral/experiments/filelock"

	"ventral/experiments/stimuli"
)

// cifarArchive is the archive's name in the cache.
const cifarArchive = "cifar-10-binary.tar.gz"

// fetch makes sure that the cache holds the files: it downloads the archive,
// unless one of the right checksum is there, and unpacks it. One process at a
// time does so, where the cache's file system has locks; others wait for it.
func (c *CIFAR10) fetch(env stimuli.Env) error {
	if env.Context == nil {
		env.Context = context.Background()
	}
	if err := os.MkdirAll(env.Cache, 0o755); err != nil {
		return fmt.Errorf("stimuli: cifar10: cache: %w", err)
	}
	root, err := os.OpenRoot(env.Cache)
	if err != nil {
		return fmt.Errorf("stimuli: cifar10: cache: %w", err)
	}
	defer root.Close()
	size := int64(c.perFile()) * cifarRecord
	if unpacked(root, cifarFolder, cifarFiles, size) {
		return nil
	}
	release, err := alone(env.Context, root)
	if err != nil {
		return fmt.Errorf("stimuli: cifar10: cache: %w", err)
	}
	defer release()
	if unpacked(root, cifarFolder, cifarFiles, size) { // by another process meanwhile
		return nil
	}
	d := download{client: http.DefaultClient, url: c.URL, sum: c.SHA256, root: root, name: cifarArchive, progress: env.Report}
	if err := d.run(env.Context); err != nil {
		return fmt.Errorf("stimuli: cifar10: %w\nwithout a network: fetch %s elsewhere (sha256 %s), unpack it, and set path to its folder %s",
			err, c.URL, c.SHA256, cifarFolder)
	}
	f, err := root.Open(cifarArchive)
	if err != nil {
		return fmt.Errorf("stimuli: cifar10: cache: %w", err)
	}
	defer f.Close()
	if err := unpack(f, root, cifarFolder, cifarFiles, size); err != nil {
		return fmt.Errorf("stimuli: cifar10: %s: %w", filepath.Join(env.Cache, cifarArchive), err)
	}
	return nil
}

// alone waits until no other process works in the cache, and keeps others out
// until release is called. Where the file system has no locks it does nothing.
func alone(ctx context.Context, root *os.Root) (release func() error, err error) {
	file, err := root.OpenFile(".lock", os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	for {
		err := filelock.Lock(file, true)
		switch {
		case err == nil || errors.Is(err, errors.ErrUnsupported):
			return file.Close, nil
		case !errors.Is(err, filelock.ErrBusy):
			return nil, errors.Join(fmt.Errorf("lock: %w", err), file.Close())
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("waiting for another process to fetch the data: %w", ctx.Err()), file.Close())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// unpacked tells whether all files are in folder with the right size. Their
// content was checked before they got their names.
func unpacked(root *os.Root, folder string, files []string, size int64) bool {
	return !slices.ContainsFunc(files, func(name string) bool {
		info, err := root.Stat(path.Join(folder, name))
		return err != nil || !info.Mode().IsRegular() || info.Size() != size
	})
}

// unpack takes the named files out of a tar archive compressed by gzip and
// writes them to folder below root. They are regular files of size bytes in a
// folder of the same name in the archive; whatever else is in the archive is
// passed over, and nothing is created under a name that the archive chose.
// Each gets its name when it is whole and on the disk.
func unpack(r io.Reader, root *os.Root, folder string, files []string, size int64) error {
	compressed, err := gzip.NewReader(r)
	if err != nil {
		return fmt.Errorf("found no gzip archive (%w), want %s; another url would do", err, cifarArchive)
	}
	// The rest of the archive is small: a page of text and the class names.
	limit := int64(len(files))*(size+1024) + 1<<20
	return unpackTar(io.LimitReader(compressed, limit), root, folder, files, size)
}

func unpackTar(r io.Reader, root *os.Root, folder string, files []string, size int64) error {
	if err := root.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	missing := slices.Clone(files)
	archive := tar.NewReader(r)
	for len(missing) > 0 {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("found the end of the archive, want %s in it", path.Join(folder, missing[0]))
		}
		if err != nil {
			return fmt.Errorf("%w before %s was found", err, path.Join(folder, missing[0]))
		}
		in, name := path.Split(path.Clean(header.Name))
		k := slices.Index(missing, name)
		if k < 0 || path.Clean(in) != folder {
			continue
		}
		if header.Typeflag != tar.TypeReg || header.Size != size {
			return fmt.Errorf("%s: found type %q of %d bytes, want a regular file of %d bytes", header.Name, header.Typeflag, header.Size, size)
		}
		if err := writeWhole(root, path.Join(folder, files[slices.Index(files, name)]), archive, size); err != nil {
			return err
		}
		missing = slices.Delete(missing, k, k+1)
	}
	return nil
}

// writeWhole writes size bytes of r to a file that has its name only once all
// of them are on the disk.
func writeWhole(root *os.Root, name string, r io.Reader, size int64) error {
	f, err := root.Create(name + ".partial")
	if err != nil {
		return err
	}
	n, err := io.Copy(f, r)
	if err == nil && n != size {
		err = fmt.Errorf("%s: found %d bytes, want %d", name, n, size)
	}
	if err := cmp.Or(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, root.Remove(name+".partial"))
	}
	return root.Rename(name+".partial", name)
}
