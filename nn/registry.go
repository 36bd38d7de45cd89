package nn

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// registry holds values by their names, in the order in which they were added.
type registry[T any] struct {
	name  func(T) string
	check func(T) // panics on a value that cannot be used

	mu     sync.RWMutex
	names  []string
	values map[string]T
}

func newRegistry[T any](name func(T) string, check func(T), values ...T) *registry[T] {
	r := &registry[T]{name: name, check: check, values: map[string]T{}}
	for _, v := range values {
		r.add(v)
	}
	return r
}

// add adds v and returns what takes it out again. A name that is taken or that
// a program's text cannot hold is a panic.
func (r *registry[T]) add(v T) (remove func()) {
	name := r.name(v)
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		panic(fmt.Sprintf("nn: name %q: want lower-case letters, digits and _", name))
	}
	r.check(v)
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, taken := r.values[name]; taken {
		panic(fmt.Sprintf("nn: %q is registered twice", name))
	}
	r.names, r.values[name] = append(r.names, name), v
	return sync.OnceFunc(func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.values, name)
		r.names = slices.DeleteFunc(r.names, func(n string) bool { return n == name })
	})
}

func (r *registry[T]) get(name string) (T, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	v, ok := r.values[name]
	return v, ok
}

func (r *registry[T]) all() []T {
	r.mu.RLock()
	defer r.mu.RUnlock()
	vs := make([]T, len(r.names))
	for i, name := range r.names {
		vs[i] = r.values[name]
	}
	return vs
}

// list returns the names as in "relu, tanh or elu".
func (r *registry[T]) list() string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	n := len(r.names)
	if n < 2 {
		return strings.Join(r.names, "")
	}
	return strings.Join(r.names[:n-1], ", ") + " or " + r.names[n-1]
}
