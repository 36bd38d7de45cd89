package stimuli

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"sync"
	"time"
)

// hashed remembers files whose hash this process has computed: a sweep asks for
// the same ones again and again.
var hashed sync.Map

type fileState struct {
	path string
	size int64
	time time.Time
}

// HashOf returns the SHA-256 of a file in hexadecimal, for [Placed]. A file that
// has the size and the time of before is not read again.
func HashOf(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	state := fileState{path, info.Size(), info.ModTime()}
	if h, ok := hashed.Load(state); ok {
		return h.(string), nil
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	sum := hex.EncodeToString(h.Sum(nil))
	hashed.Store(state, sum)
	return sum, nil
}
