package cpu

import (
	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// products is a convolution, or the gradient of its kernel, as products of
// matrices of bfloat16 numbers: images of one image, each of all output channels.
// High and low parts are multiplied as high·high + high·low + low·high, added
// in float32: what is left out, low·low, is at most 2⁻¹⁶ of the product.
type products struct {
	a, b   format
	pieces []product
}

// product is the same product of some blocks: pixels of one parity of the
// result, or elements and input channels of a kernel.
type product struct {
	terms         []kernel.Term
	blocks        []kernel.Block
	each          int // blocks of one call at most
	rows          int
	pairs, chunks int
	aStep, cStep  int
	kernel        int // where its part of a packed kernel begins
	panel         int // elements of a panel of that
}

// longestProduct is about how many multiply-adds one call of assembly does at
// most, which cannot be preempted: at 10¹² a second it takes 30 µs.
const longestProduct = 1 << 25

// limit sets how many blocks, an even number, one call takes.
func (p *product) limit() {
	n := longestProduct / (p.rows * kernel.ProductWidth * 2 * p.pairs * p.chunks * len(p.terms))
	p.each = max(n&^1, 2)
}

// withParts adds to every term, of high parts, those with a low part.
func withParts(terms []kernel.Term, a, b format) []kernel.Term {
	if a.parts == 1 {
		return terms
	}
	var all []kernel.Term
	for _, t := range terms {
		all = append(all, t, kernel.Term{A: t.A, B: t.B + b.size}, kernel.Term{A: t.A + a.size, B: t.B})
	}
	return all
}

// pixels makes blocks of height × width pixels: a at element a of the image,
// aRow and aStep from one to the next, and as many of the result with c. Blocks
// of a row may overlap, and compute the same again.
func (p *product) pixels(height, width, a, aRow, c, cRow int) {
	if aRow == width*p.aStep && cRow == width*p.cStep {
		height, width = 1, height*width
	}
	n := (width + kernel.ProductRows - 1) / kernel.ProductRows
	p.rows = (width + n - 1) / n
	for r := range height {
		for i := range n {
			at := min(i*p.rows, width-p.rows)
			p.blocks = append(p.blocks, kernel.Block{A: a + r*aRow + at*p.aStep, C: c + r*cRow + at*p.cStep})
		}
	}
}

// kernelFormat is that of a kernel packed for products of images in format a,
// pairs of channels first, with so many output channels.
func kernelFormat(pairs, channels, parts int) format {
	return format{layout: ofKernel, parts: parts, size: apart(panelStep * pairs * ((channels + kernel.ProductWidth - 1) / kernel.ProductWidth))}
}

// panelStep is the elements of a pair in a panel of output channels; the last
// panel is filled up with zeros.
const panelStep = 2 * kernel.ProductWidth

// forwardProducts is a convolution of an image x in format a.
func forwardProducts(x, y, k nn.Shape, stride int, a format) *products {
	need := forwardPadding(x, k, stride)
	run := k[1] * a.fill / 2
	b := kernelFormat(k[0]*run, k[3], a.parts)
	p := product{aStep: stride * a.fill, cStep: k[3], panel: panelStep * k[0] * run}
	p.pairs, p.chunks = exactly(run)
	for r := range k[0] {
		p.terms = append(p.terms, kernel.Term{A: r * a.row(), B: panelStep * r * run})
	}
	p.terms = withParts(p.terms, a, b)
	p.pixels(y[1], y[2], (a.top-need.top)*a.row()+(a.left-need.left)*a.fill, stride*a.row(), 0, y[2]*k[3])
	p.limit()
	return &products{a: a, b: b, pieces: []product{p}}
}

// transposeProducts is a transposed convolution of an image y in format a to
// x, with a product for each parity.
func transposeProducts(y, x, k nn.Shape, stride int, a format) *products {
	m := &products{a: a, b: kernelFormat(k[0]*k[1]*a.fill/2, k[2], a.parts)}
	at := 0
	for pr := range stride {
		for pc := range stride {
			rows, columns := parityTaps(k[0], stride, pr), parityTaps(k[1], stride, pc)
			run := columns.count * a.fill / 2
			p := product{aStep: a.fill, cStep: stride * k[2], kernel: at, panel: panelStep * rows.count * run}
			at += p.panel * ((k[2] + kernel.ProductWidth - 1) / kernel.ProductWidth)
			height, width := rows.pixels(x[1]), columns.pixels(x[2])
			if height == 0 || width == 0 {
				continue
			}
			if p.panel > 0 {
				p.pairs, p.chunks = exactly(run)
				for r := range rows.count {
					p.terms = append(p.terms, kernel.Term{A: r * a.row(), B: panelStep * r * run})
				}
				p.terms = withParts(p.terms, a, m.b)
			}
			p.pixels(height, width, (a.top+rows.first)*a.row()+(a.left+columns.first)*a.fill, a.row(),
				(pr*x[2]+pc)*k[2], stride*x[2]*k[2])
			if len(p.terms) > 0 {
				p.limit()
			}
			m.pieces = append(m.pieces, p)
		}
	}
	return m
}

// kernelProducts is the gradient of a kernel k from images x and gradients d.
func kernelProducts(x, d, k nn.Shape, stride, parts int) *products {
	a, pairs, chunks := channelFormat(x, d, k, stride, parts)
	m := &products{a: a, b: pairFormat(d, a.pitch, parts, pairs, chunks)}
	whole := k[2] / kernel.ProductRows * kernel.ProductRows
	for _, channels := range [][2]int{{0, whole}, {whole, k[2]}} { // in full blocks, and what is left
		from, to := channels[0], channels[1]
		p := product{rows: min(kernel.ProductRows, to-from), pairs: pairs, chunks: chunks, aStep: a.channelStep(), cStep: k[3]}
		p.terms = withParts([]kernel.Term{{}}, m.a, m.b)
		for r := range k[0] {
			for c := range k[1] {
				at := (r%stride*stride+c%stride)*a.fill + r/stride*a.pitch + c/stride
				for ch := from; ch < to; ch += p.rows {
					p.blocks = append(p.blocks, kernel.Block{A: at + ch*a.channelStep(), C: ((r*k[1]+c)*k[2] + ch) * k[3]})
				}
			}
		}
		if len(p.blocks) > 0 {
			p.limit()
			m.pieces = append(m.pieces, p)
		}
	}
	return m
}

// convProducts is conv2D and convTranspose2D by products of images in a format.
var convProducts = impl{whole: 1 << 1, run: runConvProducts}

func runConvProducts(c *call) {
	m, y := c.in.products, c.results[0]
	a, b, n, channels := kernel.Halves(c.args[0].Data), kernel.Halves(c.args[1].Data), y.Shape.Image(), y.Shape[3]
	image := 2 * m.a.floats()
	for i := range c.images {
		for j := range m.pieces {
			p := &m.pieces[j]
			to := y.Data[i*n:][:n]
			if len(p.terms) == 0 { // nothing reaches these
				p.clear(to, channels)
				continue
			}
			c.product = kernel.Product{A: a[i*image:][:image], Terms: p.terms, Rows: p.rows, Pairs: p.pairs, Chunks: p.chunks, AStep: p.aStep, BStep: panelStep, CStep: p.cStep}
			for o := 0; o < channels; o += kernel.ProductWidth {
				c.product.Width = min(kernel.ProductWidth, channels-o)
				c.product.B, c.product.C = b[p.kernel+o/kernel.ProductWidth*p.panel:], to[o:]
				c.multiply(p)
			}
		}
	}
}

// clear sets the channels of p's pixels of an image to 0.
func (p *product) clear(image []float32, channels int) {
	for _, b := range p.blocks {
		for r := range p.rows {
			clear(image[b.C+r*p.cStep:][:channels])
		}
	}
}

// multiply does c.product of all blocks of p, in several calls where they are many.
func (c *call) multiply(p *product) {
	for at := 0; at < len(p.blocks); at += p.each {
		c.product.Blocks = p.blocks[at:min(at+p.each, len(p.blocks))]
		c.set.Multiply(&c.product)
	}
}

// convKernelProducts is convKernel by products of images and gradients in formats.
var convKernelProducts = impl{accumulates: true, run: runConvKernelProducts}

func runConvKernelProducts(c *call) {
	m := c.in.products
	a, b, channels := kernel.Halves(c.args[0].Data), kernel.Halves(c.args[1].Data), m.b.channels
	image, gradient := 2*m.a.floats(), 2*m.b.floats()
	for i := range c.images {
		for j := range m.pieces {
			p := &m.pieces[j]
			c.product = kernel.Product{A: a[i*image:][:image], Terms: p.terms, Rows: p.rows, Pairs: p.pairs, Chunks: p.chunks, AStep: p.aStep, BStep: 2 * channels, CStep: p.cStep, Add: true}
			for o := 0; o < channels; o += kernel.ProductWidth {
				c.product.Width = min(kernel.ProductWidth, channels-o)
				c.product.B, c.product.C = b[i*gradient:][2*o:gradient], c.acc[o:]
				c.multiply(p)
			}
		}
	}
}
