package kernel

import (
	"math"
	"unsafe"
)

// Product multiplies matrices of bfloat16 numbers, the upper halves of float32
// ones, and adds in float32:
//
//	for b := range Blocks {
//		for i := range Rows {
//			for j := range Width {
//				s := C[b.C+i*CStep+j] // 0 without Add
//				for t := range Terms {
//					for k := range 2*Pairs*Chunks {
//						s += A[t.A+b.A+i*AStep+k] * B[t.B+k/2*BStep+2*j+k%2]
//					}
//				}
//				C[b.C+i*CStep+j] = s
//			}
//		}
//	}
//
// B is interleaved by pairs of k. With A an image, B a kernel and a term for each row of the
// kernel it is a convolution of blocks of pixels; with A an image by channels and B a
// gradient, both along pixels, it is the gradient of a kernel. High and low
// parts are terms, too. What is smaller than 2⁻¹²⁶ may count as 0.
type Product struct {
	A, B                []uint16
	C                   []float32
	Terms               []Term
	Blocks              []Block
	Rows                int // of a block, up to 16
	Pairs               int // of k at a time, up to 16
	Chunks              int // of so many pairs
	Width               int // up to ProductWidth
	AStep, BStep, CStep int
	Add                 bool
}

// Term is where the elements of a sum begin in A and B.
type Term struct{ A, B int }

// Block is where some rows begin in A and C.
type Block struct{ A, C int }

// ProductWidth is the most columns of one product, ProductRows the most rows of
// one block, ProductPairs the most pairs of one chunk.
const (
	ProductWidth = 32
	ProductRows  = 16
	ProductPairs = 16
)

// check panics where p reaches beyond its memory or the limits of its fields.
func (p *Product) check() {
	if p.Rows < 1 || p.Rows > ProductRows || p.Width < 1 || p.Width > ProductWidth || p.Pairs < 1 || p.Pairs > ProductPairs || p.Chunks < 1 || len(p.Terms) == 0 {
		panic("kernel: a product beyond its limits")
	}
	a, b := 0, 0
	for _, t := range p.Terms {
		a, b = max(a, t.A), max(b, t.B)
		_, _ = p.A[t.A], p.B[t.B]
	}
	_ = p.B[b+(p.Pairs*p.Chunks-1)*p.BStep+2*p.Width-1]
	for _, k := range p.Blocks {
		_ = p.A[a+k.A+(p.Rows-1)*p.AStep+2*p.Pairs*p.Chunks-1]
		_, _ = p.A[k.A], p.C[k.C:][(p.Rows-1)*p.CStep+p.Width-1]
	}
}

func multiplyGo(p *Product) {
	p.check()
	for _, b := range p.Blocks {
		for i := range p.Rows {
			var sums [ProductWidth]float32
			s, c := sums[:p.Width], p.C[b.C+i*p.CStep:][:p.Width]
			if p.Add {
				copy(s, c)
			}
			for _, t := range p.Terms {
				a := p.A[t.A+b.A+i*p.AStep:][:2*p.Pairs*p.Chunks]
				for k := 0; k < len(a); k += 2 {
					a0, a1 := wide(a[k]), wide(a[k+1])
					w := p.B[t.B+k/2*p.BStep:][:2*len(s)]
					for j := range s {
						s[j] += a0*wide(w[2*j]) + a1*wide(w[2*j+1])
					}
				}
			}
			copy(c, s)
		}
	}
}

// Halves returns the memory of s as twice as many bfloat16 numbers.
func Halves(s []float32) []uint16 {
	return unsafe.Slice((*uint16)(unsafe.Pointer(unsafe.SliceData(s))), 2*len(s))
}

func wide(h uint16) float32 { return math.Float32frombits(uint32(h) << 16) }

// Narrow rounds x to bfloat16: hi, or with lo the sum of hi and lo, which has 17
// significant bits. NaN stays NaN, infinity hi alone.
func narrowGo(hi, lo []uint16, x []float32) {
	for i, v := range x {
		if lo == nil {
			hi[i] = upper(v)
		} else {
			hi[i], lo[i] = Split(v)
		}
	}
}

// upper returns the bfloat16 nearest to x, ties to even.
func upper(x float32) uint16 {
	u := math.Float32bits(x)
	if x != x {
		return uint16(u>>16) | 0x40
	}
	return uint16((u + 0x7fff + u>>16&1) >> 16)
}

// Split returns the high and the low bfloat16 part of x rounded to 17
// significant bits, ties to even; their sum is that exactly.
func Split(x float32) (hi, lo uint16) {
	u := math.Float32bits(x)
	if u&0x7f800000 == 0x7f800000 {
		return upper(x), 0
	}
	x = math.Float32frombits((u + 0x3f + u>>7&1) &^ 0x7f)
	hi = upper(x)
	if hi&0x7f80 == 0x7f80 {
		return hi, 0
	}
	return hi, upper(x - wide(hi))
}

// narrowPairsGo is narrow of x and y, which alternate.
func narrowPairsGo(hi, lo []uint16, x, y []float32) {
	for i, v := range x {
		if lo == nil {
			hi[2*i], hi[2*i+1] = upper(v), upper(y[i])
		} else {
			hi[2*i], lo[2*i] = Split(v)
			hi[2*i+1], lo[2*i+1] = Split(y[i])
		}
	}
}

// Turn is a row of pixels that is turned, so that a channel's lie side by side:
//
//	hi[c*Pitch+p] + lo[c*Pitch+p] = X[p*Step+c]
type Turn struct {
	X                []float32
	Pixels, Channels int
	Step, Pitch      int
}

// check panics where t reaches beyond its memory.
func (t *Turn) check(hi, lo []uint16) {
	if t.Pixels < 1 || t.Channels < 1 {
		panic("kernel: nothing to turn")
	}
	_ = t.X[(t.Pixels-1)*t.Step+t.Channels-1]
	last := (t.Channels-1)*t.Pitch + t.Pixels - 1
	_ = hi[last]
	if lo != nil {
		_ = lo[last]
	}
}

func narrowTurnedGo(hi, lo []uint16, t *Turn) {
	t.check(hi, lo)
	for p := range t.Pixels {
		x := t.X[p*t.Step:][:t.Channels]
		for c, v := range x {
			if lo == nil {
				hi[c*t.Pitch+p] = upper(v)
			} else {
				hi[c*t.Pitch+p], lo[c*t.Pitch+p] = Split(v)
			}
		}
	}
}
