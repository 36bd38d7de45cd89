package files

import (
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

	"ventral/experiments/stimuli"
	"ventral/experiments/stimuli/picture"
)

// faults remembers, for this process, which files cannot be decoded and why, "" of those
// that can, by path, size and time.
var faults sync.Map

// faultsOf decodes every file below a root and says what keeps it from being decoded, ""
// where nothing does. What is found out is remembered in the cache, where there is one.
func faultsOf(env stimuli.Env, root string, names []string) ([]string, error) {
	file := ""
	if env.Cache != "" {
		sum := sha256.Sum256([]byte(root))
		file = filepath.Join(env.Cache, "files", hex.EncodeToString(sum[:16])+".tsv")
		readFaults(file)
	}
	out, states := make([]string, len(names)), make([]string, len(names))
	var next, done, fresh atomic.Int64
	var group sync.WaitGroup
	var mu sync.Mutex
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for env.Cancelled() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(names) {
					return
				}
				path := filepath.Join(root, filepath.FromSlash(names[i]))
				info, err := os.Stat(path)
				if err != nil {
					out[i] = reasonOf(err)
					continue
				}
				states[i] = fmt.Sprintf("%q\t%d\t%d", path, info.Size(), info.ModTime().UnixNano())
				if f, known := faults.Load(states[i]); known {
					out[i] = f.(string)
					continue
				}
				if _, err := picture.Read(path, picture.DefaultLimits); err != nil {
					out[i] = withoutPath(err, path)
				}
				faults.Store(states[i], out[i])
				fresh.Add(1)
				mu.Lock()
				env.Report(done.Add(1), int64(len(names)))
				mu.Unlock()
			}
		})
	}
	group.Wait()
	if err := env.Cancelled(); err != nil {
		return nil, fmt.Errorf("path: %s: %w", root, err)
	}
	if file != "" && fresh.Load() > 0 {
		writeFaults(file, states, out)
	}
	return out, nil
}

// readFaults reads what another process found out. Lines that are damaged are passed
// over: what they said is found out again.
func readFaults(file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		return
	}
	for line := range strings.Lines(string(text)) {
		at := strings.LastIndexByte(strings.TrimSuffix(line, "\n"), '\t')
		if at < 0 {
			continue
		}
		if fault, err := strconv.Unquote(strings.TrimSuffix(line[at+1:], "\n")); err == nil && strings.Count(line[:at], "\t") == 2 {
			faults.LoadOrStore(line[:at], fault)
		}
	}
}

// writeFaults writes it; where that fails, it is found out again.
func writeFaults(file string, states, out []string) {
	if os.MkdirAll(filepath.Dir(file), 0o777) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".files-*")
	if err != nil {
		return
	}
	var b strings.Builder
	for i, s := range states {
		if s != "" {
			fmt.Fprintf(&b, "%s\t%q\n", s, out[i])
		}
	}
	_, err = f.WriteString(b.String())
	if e := f.Close(); err != nil || e != nil || os.Rename(f.Name(), file) != nil {
		os.Remove(f.Name())
	}
}

// withoutPath is the message of an error without the path that it begins with.
func withoutPath(err error, path string) string {
	return strings.TrimPrefix(err.Error(), path+": ")
}
