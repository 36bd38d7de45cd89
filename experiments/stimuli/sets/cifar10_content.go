package sets

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"ventral/experiments/stimuli"
)

// Ready reports files that are missing or of the wrong size, unless all of them
// will be downloaded.
func (c *CIFAR10) Ready(env stimuli.Env) error {
	if err := c.check(); err != nil || c.Path == "" {
		return err
	}
	path := env.Resolve(c.Path)
	for _, folder := range []string{path, filepath.Join(path, cifarFolder)} {
		if _, err := os.Stat(filepath.Join(folder, cifarFiles[0])); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		for _, name := range cifarFiles {
			info, err := os.Stat(filepath.Join(folder, name))
			if err != nil {
				return fmt.Errorf("path: %w", err)
			}
			if want := int64(c.perFile()) * (cifarPixels + 1); info.Size() != want {
				return fmt.Errorf("path: found %d bytes in %s, want %d; the file is cut off or another one", info.Size(), filepath.Join(folder, name), want)
			}
		}
		return nil
	}
	if c.Download {
		return nil
	}
	if err := pickled(path, "data_batch_1", "cifar-10-batches-py", c.URL); err != nil {
		return err
	}
	return fmt.Errorf("path: found no %s in %s nor in %s below it, want the unpacked archive of CIFAR-10's binary version, or download = true",
		cifarFiles[0], path, cifarFolder)
}

// Content implements [stimuli.Placed].
func (c *CIFAR10) Content(env stimuli.Env) (stimuli.Kind, map[string]string, error) {
	plain := *c
	plain.Path, plain.Download, plain.URL, plain.SHA256 = "", false, "", ""
	here := *c
	here.Download = false // look, and do not fetch
	if here.Path != "" {
		folder, err := here.folder(env)
		if err == nil {
			hashes := map[string]string{}
			for _, name := range cifarFiles {
				if hashes[name], err = stimuli.HashOf(filepath.Join(folder, name)); err != nil {
					return nil, nil, fmt.Errorf("path: %w", err)
				}
			}
			return &plain, hashes, nil
		}
		if !c.Download {
			return nil, nil, err
		}
	}
	return &plain, map[string]string{"archive": c.SHA256}, nil
}

// smallCIFAR10 writes files of 20 images each: record r of file k has label
// (k+r) mod 10, and pixel bytes that tell k, r, plane and place apart.
func smallCIFAR10(folder string) (stimuli.Kind, error) {
	c := NewCIFAR10()
	c.records, c.Path, c.Validation, c.Test = 20, "cifar", 30, 15
	path := filepath.Join(folder, c.Path)
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, err
	}
	for k, name := range cifarFiles {
		if err := os.WriteFile(filepath.Join(path, name), cifarBytes(k, c.records), 0o666); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// cifarBytes returns the small file k.
func cifarBytes(k, records int) []byte {
	var b []byte
	for r := range records {
		b = append(b, byte((k+r)%10))
		for i := range cifarPixels {
			b = append(b, byte(13*k+7*r+i/cifarPlane*50+i%cifarPlane))
		}
	}
	return b
}
