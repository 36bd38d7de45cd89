package protocol

import (
	_ "embed"
	"slices"
	"sync"

	"ventral/experiments/decode"
)

// BuiltinText is the file of the protocols that travel with the program.
//
//go:embed builtin.toml
var BuiltinText string

// Builtins returns the protocols that travel with the program. They have names of
// their own, and a file may have others of the same name.
var Builtins = sync.OnceValue(func() []Protocol {
	s := decode.New("builtin.toml", BuiltinText, decode.Hints{})
	root, err := s.Decode()
	if err != nil {
		panic(err)
	}
	list, err := read(s, root["protocol"])
	if err != nil {
		panic(err) // a test reads them
	}
	for _, p := range list {
		for i := range p.Conditions {
			p.Conditions[i].Builtin = true
		}
	}
	return list
})

// FindBuiltin returns the built-in protocol of a name.
func FindBuiltin(name string) (Protocol, bool) {
	list := Builtins()
	i := slices.IndexFunc(list, func(p Protocol) bool { return p.Name == name })
	if i < 0 {
		return Protocol{}, false
	}
	return list[i], true
}
