//go:build !purego

package kernel

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// AMX is AVX512 with products of bfloat16 numbers in tiles: two blocks of 16
// rows by 32 columns at a time.
var AMX = func() Set {
	s := AVX512
	s.Name, s.Multiply, s.Fast = "amx", multiplyAMX, true
	s.Narrow, s.NarrowPairs, s.NarrowTurned = narrowAll, narrowAllPairs, narrowAllTurned
	return s
}()

// hasAMX reports whether the processor has tiles of bfloat16 and the operating
// system lets this process use them.
func hasAMX() bool { return cpu.X86.HasAMXTile && cpu.X86.HasAMXBF16 && allowTiles() }

// product is what one call of assembly needs; offsets in terms and blocks count
// elements, steps bytes.
type product struct {
	config        [64]byte // palette 1; bytes a row from 16, rows from 48 on
	a, b, c       unsafe.Pointer
	terms         *Term
	count         int
	blocks        *Block
	left          int
	chunks        int
	aStep, aChunk int
	bStep, bChunk int
	cStep         int
	add, wide     uint64
}

// productAMX loads, uses and releases the tiles: no other code of the process
// ever sees them.
//
//go:noescape
func productAMX(p *product)

func multiplyAMX(p *Product) {
	p.check()
	if len(p.Blocks) == 0 {
		return
	}
	q := product{a: unsafe.Pointer(&p.A[0]), b: unsafe.Pointer(&p.B[0]), c: unsafe.Pointer(&p.C[0]),
		terms: &p.Terms[0], count: len(p.Terms), blocks: &p.Blocks[0], left: len(p.Blocks), chunks: p.Chunks,
		aStep: 2 * p.AStep, aChunk: 4 * p.Pairs, bStep: 2 * p.BStep, bChunk: 2 * p.Pairs * p.BStep, cStep: 4 * p.CStep}
	if p.Add {
		q.add = 1
	}
	first, second := min(p.Width, 16), max(p.Width-16, 0)
	tile := func(t, rows, columns int) {
		if columns > 0 {
			q.config[16+2*t], q.config[48+t] = byte(4*columns), byte(rows)
		}
	}
	q.config[0] = 1
	for block := range 2 {
		tile(2*block, p.Rows, first)
		tile(2*block+1, p.Rows, second)
		tile(4+block, p.Rows, p.Pairs)
	}
	tile(6, p.Pairs, first)
	tile(7, p.Pairs, second)
	if second > 0 {
		q.wide = 1
	}
	productAMX(&q)
}
