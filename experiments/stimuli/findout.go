package stimuli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"ventral/experiments/diskfile"
)

// FindOut returns what find says of each file below a root, in their order. Files are
// read on all processors. What was found out is remembered by this process and in the
// cache of env, where there is one, under the word what: a file of the size and the time
// of before is not read again, so that a million files are read once and then looked at.
// A file that changed a moment ago may change again within the clock's resolution, and
// is not remembered. The error of the first file of which find returns one is returned.
func FindOut(env Env, what, root string, names []string, find func(path string) (string, error)) ([]string, error) {
	memo := memoOf(env, what, root)
	known := readMemo(memo)
	found, states := make([]string, len(names)), make([]string, len(names))
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
				path := filepath.Join(root, filepath.FromSlash(names[i]))
				if info, err := os.Stat(path); err == nil {
					states[i] = stateOf(info)
				}
				if k, ok := known[names[i]]; ok && k.state == states[i] {
					found[i] = k.found
				} else {
					var err error
					if found[i], states[i], err = findOut(what, path, find); err != nil {
						errs[worker] = &fileError{i, err}
						next.Store(int64(len(names)))
						return
					}
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
	var failed *fileError
	for _, err := range errs {
		x, ok := err.(*fileError)
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
		of := make(map[string]bool, len(names))
		for i, name := range names {
			of[name] = true
			if delete(known, name); states[i] != "" {
				known[name] = remembered{states[i], found[i]}
			}
		}
		for name := range known {
			if !of[name] {
				if _, err := os.Lstat(filepath.Join(root, filepath.FromSlash(name))); errors.Is(err, fs.ErrNotExist) {
					delete(known, name)
				}
			}
		}
		writeMemo(memo, known) // or they are read again
	}
	return found, nil
}

// fileError is what find says of a file.
type fileError struct {
	file int
	err  error
}

func (e *fileError) Error() string { return e.err.Error() }

// process remembers what this process found out: a sweep asks for the same files again
// and again. It is emptied when it holds mostKnown files.
var process = struct {
	sync.Mutex
	found map[fileState]string
}{found: map[fileState]string{}}

const mostKnown = 1 << 16

// fileState is a file as it was when something was found out of it.
type fileState struct{ what, path, state string }

// findOut returns what find says of a file, from memory where that has it, and the state
// of the file that it is of; "" of one that is not to be remembered.
func findOut(what, path string, find func(path string) (string, error)) (found, state string, err error) {
	info, err := os.Stat(path)
	if err != nil {
		found, err = find(path)
		return found, "", err
	}
	state = stateOf(info)
	key := fileState{what, path, state}
	process.Lock()
	found, ok := process.found[key]
	process.Unlock()
	if ok {
		return found, state, nil
	}
	if found, err = find(path); err != nil {
		return "", "", err
	}
	after, err := os.Stat(path)
	if err != nil || stateOf(after) != state || time.Since(info.ModTime()) < 3*time.Second {
		return found, "", nil
	}
	process.Lock()
	defer process.Unlock()
	if len(process.found) >= mostKnown {
		clear(process.found)
	}
	process.found[key] = found
	return found, state, nil
}

// stateOf tells states of a file apart: its size and its time.
func stateOf(info fs.FileInfo) string {
	return fmt.Sprintf("%d\t%d", info.Size(), info.ModTime().UnixNano())
}

// remembered is what was found out of a file in a state.
type remembered struct{ state, found string }

// memoOf is where a cache remembers what was found out of files below a root; "" is
// nowhere.
func memoOf(env Env, what, root string) string {
	abs, err := filepath.Abs(root)
	if env.Cache == "" || err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join(env.Cache, what, hex.EncodeToString(sum[:16])+".tsv")
}

// readMemo reads what is remembered, by name of the file. A text that is not as it was
// written is none.
func readMemo(file string) map[string]remembered {
	known := map[string]remembered{}
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
		part := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(part) != 4 {
			continue
		}
		found, err := strconv.Unquote(part[0])
		name, other := strconv.Unquote(part[3])
		if err == nil && other == nil {
			known[name] = remembered{part[1] + "\t" + part[2], found}
		}
	}
	return known
}

// writeMemo writes it: a line a file, with what was found out, its size, time and name,
// and the sum of the lines.
func writeMemo(file string, known map[string]remembered) error {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(known)) {
		k := known[name]
		fmt.Fprintf(&b, "%q\t%s\t%q\n", k.found, k.state, name)
	}
	sum := sha256.Sum256(b.Bytes())
	fmt.Fprintf(&b, "%s\n", hex.EncodeToString(sum[:]))
	return diskfile.WriteWhole(file, b.Bytes())
}
