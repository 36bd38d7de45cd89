package run

import (
	"errors"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/spec"
)

// ofFile places a fault of tables that were read from a further file, and taken over as
// settings "key=value", in that file.
func ofFile(file, text string, added []string, err error) error {
	var f *decode.Fault
	if !errors.As(err, &f) {
		return err
	}
	for _, set := range added {
		path, _ := decode.SplitKey(set)
		message, of := strings.CutSuffix(f.Message, "; the file is right without --set "+set)
		switch {
		case f.File == "--set "+set:
			path, _ = decode.SplitKey(f.Key)
			message = f.Message
		case !of:
			continue
		case f.Key != "":
			message = f.Key + ": " + message
		}
		s := decode.New(file, text, spec.Hints)
		if _, err := s.Decode(); err != nil {
			return err
		}
		var placed *decode.Fault
		if errors.As(s.Fault(path, "%s", message), &placed) && f.File == "--set "+set {
			placed.Key = f.Key // elements of lists included
		}
		return placed
	}
	return err
}
