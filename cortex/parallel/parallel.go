// Package parallel shares work among the cores.
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// For calls f with 0 … n-1, on every core. What f writes must not depend on the order.
func For(n int, f func(i int)) {
	var next atomic.Int64
	var work sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		work.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	work.Wait()
}
