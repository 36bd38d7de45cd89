package spec

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/protocol"
	"ventral/experiments/stimuli"
)

// Content is the canonical text of what the experiment computes: the resolved
// file without what it is called and without paths, which the hashes of the
// data replace, with the precision in force, without train.recompute, which
// changes no bit of a result, without conditions and lesions, which are tested after the run, and
// protocols that it does not train under, and with a stimuli.seed that is the seed as -1. Two experiments of one content
// give the same numbers; ms_per_step is among them, as figures show it. Folder and
// cache are as in Env.
func (e *Experiment) Content(folder, cache string) (string, error) {
	x := *e
	x.Name, x.About, x.Control, x.Precision = "", "", nil, e.Arithmetic()
	x.Train.Recompute = 0
	x.Conditions, x.Contrasts, x.Testing, x.Record.Condition, x.Lesions = nil, nil, Testing{}, nil, nil
	x.Protocols = slices.DeleteFunc(slices.Clone(e.Protocols), func(p protocol.Protocol) bool { return !shows(e, p.Name) })
	if x.Stimuli.Seed == x.Seed {
		x.Stimuli.Seed = -1
	}
	settings, hashes, err := stimuli.Content(e.Stimuli.Settings, e.Env(folder, cache))
	if err != nil {
		return "", e.Src.Wrap([]string{"stimuli"}, err)
	}
	x.Stimuli.Settings = settings
	var b strings.Builder
	b.WriteString(x.TOML())
	if len(hashes) > 0 {
		b.WriteString("\n[data]\n")
		for _, name := range slices.Sorted(maps.Keys(hashes)) {
			b.WriteString(decode.Quoted(name) + " = " + decode.Text(hashes[name]) + "\n")
		}
	}
	return b.String(), nil
}

// shows reports whether the run shows images under a protocol.
func shows(e *Experiment, name string) bool {
	of := func(text string) bool { base, _, _ := strings.Cut(text, "["); return base == name }
	return slices.ContainsFunc(e.Showing.Protocol, of) ||
		slices.ContainsFunc(e.Streams, func(s Stream) bool { return slices.ContainsFunc(s.Protocol, of) })
}

// ContentHash is the SHA-256 of the experiment's content, in hexadecimal.
func (e *Experiment) ContentHash(folder, cache string) (string, error) {
	c, err := e.Content(folder, cache)
	return fmt.Sprintf("%x", sha256.Sum256([]byte(c))), err
}
