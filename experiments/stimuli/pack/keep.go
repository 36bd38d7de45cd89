package pack

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"slices"
)

// kept begins the names of files that hold what was computed from the images.
const kept = "kept-"

// Keep returns what make computes from the images, which must follow from them and the
// name alone. It is written beside the pack, so that other processes need not compute
// it again; where it cannot be written, or is damaged, it is computed.
func (p *Pack) Keep(name string, make func() ([]byte, error)) ([]byte, error) {
	file := kept + sumOf([]byte(name))[:16]
	if text, err := os.ReadFile(filepath.Join(p.folder, file)); err == nil {
		at := max(0, len(text)-len(seal)-2*sha256.Size-1)
		body, ok := bytes.CutPrefix(text[:at], []byte(name+"\n"))
		if ok && bytes.Equal(text, sealTable(slices.Clip(text[:at]))) {
			return body, nil
		}
	}
	body, err := make()
	if err != nil {
		return nil, err
	}
	writeBytes(p.folder, file, sealTable(slices.Concat([]byte(name+"\n"), body))) // or it is computed again
	return body, nil
}
