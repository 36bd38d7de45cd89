package stimuli

import (
	"errors"
	"fmt"
	"runtime"

	"ventral/experiments/stimuli/pack"
)

// Packing is a kind whose files are decoded once, into a pack of the cache.
type Packing interface {
	Kind

	// Packed returns the pack, which it builds where it is not whole, or where
	// again is set and its bytes are not those that were written. It is nil where
	// the settings want none.
	Packed(env Env, again bool) (*pack.Pack, error)
}

// Skipping is data that leaves out files that cannot be read.
type Skipping interface {
	Data

	// Skipped lists the files that were left out.
	Skipped() []Skipped
}

// Skipped is a file that was left out, or that is not as its name says.
type Skipped struct {
	File   string `json:"file"` // its path below the folder that the settings name
	Reason string `json:"reason"`
}

// Misnaming is data of files whose names may say that they are something else.
type Misnaming interface {
	Data

	// Misnamed lists the files that are read as what they are, which is not what the
	// suffix of their names says.
	Misnamed(Env) ([]Skipped, error)
}

// Tracing is data of so many files that one hash stands for several.
type Tracing interface {
	Data

	// Differs says which file is the first that is not as it was when the hash of
	// that name was another one, "" where that is not known.
	Differs(name, was string) string
}

// Keeping is data beside which results are kept.
type Keeping interface {
	Data

	// Keep returns what make computes from the images, or what an earlier process
	// computed from the same images under that name.
	Keep(name string, make func() ([]byte, error)) ([]byte, error)
}

// OpenPack opens the pack of a source in the cache of env, which is not empty, or
// builds it. Of says for people what the images are; o has what else is asked for. What
// building will take is told before it begins. An error begins with the key "pack".
func OpenPack(env Env, src pack.Source, o pack.Options) (*pack.Pack, error) {
	o.Cache, o.Context, o.Progress, o.Workers = env.Cache, env.Context, env.Progress, runtime.GOMAXPROCS(0)
	o.Plan = func(p pack.Plan) { env.Tell(p.String()) }
	o.Waiting = func() { env.Tell("another process decodes the images; this one waits for it") }
	p, err := pack.Open(src, o)
	var full *pack.NoRoom
	if errors.As(err, &full) {
		return nil, fmt.Errorf("pack: %w; fewer pixels a side, pack = 0 to decode the files whenever they are read, or another cache folder would do", full)
	}
	return p, err
}
