package cpu

import (
	"runtime"
	"sync"
	"unsafe"
)

// pages is memory that the system lends and the garbage collector does not
// count. The arena of a program is most of what a process holds: counted, it
// would let garbage grow as large as itself before a collection.
type pages struct {
	floats []float32 // zeros that begin on a cache line
	free   func()    // gives them back; a second call does nothing
}

// giveBack is unmapPages, the counterpart of borrow; tests count its calls.
var giveBack = unmapPages

// lend returns n zeros. They are given back by free, or when owner is
// unreachable. Where the system lends nothing, Go's heap does.
func lend[T any](owner *T, n int) pages {
	if n == 0 {
		return pages{free: func() {}}
	}
	whole, err := borrow(4 * n)
	if err != nil {
		return pages{floats: aligned(n), free: func() {}}
	}
	once := sync.OnceFunc(func() { giveBack(whole) })
	runtime.AddCleanup(owner, func(free func()) { free() }, once)
	return pages{floats: unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(whole))), n), free: once}
}
