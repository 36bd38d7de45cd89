package stimuli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Sums returns the SHA-256 in hexadecimal of files below a root, in their order. They
// are read on all processors. What was read is remembered in the cache of env, where
// there is one: a file of the size and the time of before is not read again, so that
// a million files are read once and then looked at. The first file that cannot be read
// is the error.
func Sums(env Env, root string, names []string) ([]string, error) {
	memo := sumsFile(env, root)
	known := readSums(memo)
	sums, states := make([]string, len(names)), make([]string, len(names))
	errs := make([]error, runtime.GOMAXPROCS(0))
	var next, done, fresh atomic.Int64
	var mu sync.Mutex
	var group sync.WaitGroup
	for worker := range errs {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(names) {
					return
				}
				if errs[worker] = env.Cancelled(); errs[worker] != nil {
					return
				}
				var err error
				var read bool
				if sums[i], states[i], read, err = sumOf(root, names[i], known); err != nil {
					errs[worker] = &sumError{i, err}
					next.Store(int64(len(names)))
					return
				}
				if read {
					fresh.Add(1)
				}
				if n := done.Add(1); n%256 == 0 && fresh.Load() > 0 {
					mu.Lock()
					env.Report(n, int64(len(names)))
					mu.Unlock()
				}
			}
		})
	}
	group.Wait()
	var failed *sumError
	for _, err := range errs {
		x, ok := err.(*sumError)
		if err != nil && !ok {
			return nil, err
		}
		if ok && (failed == nil || x.file < failed.file) {
			failed = x
		}
	}
	if failed != nil {
		return nil, failed.err
	}
	if memo != "" && fresh.Load() > 0 {
		writeSums(memo, names, states, sums) // or they are read again
	}
	return sums, nil
}

// sumError is a file that could not be read.
type sumError struct {
	file int
	err  error
}

func (e *sumError) Error() string { return e.err.Error() }

// sumOf returns the sum of a file and the state that it is of. A file that changed a
// moment ago may change again within the clock's resolution, and is not remembered.
func sumOf(root, name string, known map[string]string) (sum, state string, read bool, err error) {
	path := filepath.Join(root, filepath.FromSlash(name))
	info, err := os.Stat(path)
	if err != nil {
		return "", "", false, err
	}
	state = fmt.Sprintf("%d\t%d", info.Size(), info.ModTime().UnixNano())
	if sum, ok := known[state+"\t"+strconv.Quote(name)]; ok {
		return sum, state, false, nil
	}
	if sum, err = HashOf(path); err != nil {
		return "", "", false, err
	}
	if time.Since(info.ModTime()) < 3*time.Second {
		state = ""
	}
	return sum, state, true, nil
}

// sumsFile is where sums of files below a root are remembered; "" is nowhere.
func sumsFile(env Env, root string) string {
	abs, err := filepath.Abs(root)
	if env.Cache == "" || err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join(env.Cache, "sums", hex.EncodeToString(sum[:16])+".tsv")
}

// readSums reads sums by size, time and name of the file. A text that is not as it was
// written is none.
func readSums(file string) map[string]string {
	known := map[string]string{}
	text, err := os.ReadFile(file)
	if err != nil {
		return known
	}
	body, last := text, []byte(nil)
	if at := bytes.LastIndexByte(bytes.TrimSuffix(text, []byte("\n")), '\n'); at >= 0 {
		body, last = text[:at+1], bytes.TrimSpace(text[at+1:])
	}
	if sum := sha256.Sum256(body); string(last) != hex.EncodeToString(sum[:]) {
		return known
	}
	for line := range strings.Lines(string(body)) {
		if sum, of, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t"); ok {
			known[of] = sum
		}
	}
	return known
}

// writeSums writes them: a line a file, with its sum, size, time and name, and the sum of
// the lines.
func writeSums(file string, names, states, sums []string) error {
	var b bytes.Buffer
	for i, name := range names {
		if states[i] != "" {
			fmt.Fprintf(&b, "%s\t%s\t%s\n", sums[i], states[i], strconv.Quote(name))
		}
	}
	sum := sha256.Sum256(b.Bytes())
	fmt.Fprintf(&b, "%s\n", hex.EncodeToString(sum[:]))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".tmp-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b.Bytes())
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), file)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
