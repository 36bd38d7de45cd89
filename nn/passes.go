package nn

// Passes names the rewritings that a Builder does while a program is written,
// so before its gradient: what they save is saved backwards too.
type Passes struct {
	// Merge returns the existing value for an equal operation on equal
	// arguments: one normalisation of a state serves every connection that
	// leaves it, and an image that does not change is convolved once.
	Merge bool
	// Subpixel writes a convolution of an image enlarged by 2 as a transposed
	// convolution of the small image, which engines run as four convolutions of
	// ((k+1)/2)² instead of k² pixels. See [EnlargeKernel].
	Subpixel bool
}

// subpixel rewrites op if it is a convolution of an image enlarged by an even
// factor. It is exact but for the order of sums.
func (b *Builder) subpixel(op Op, args []Value) (y Value, ok bool) {
	conv, is := op.(Conv2D)
	if !is || conv.Stride != 1 || len(args) != 2 {
		return None, false
	}
	from, made := b.Producer(args[0])
	if !made {
		return None, false
	}
	up, is := from.Op.(Upsample)
	k := b.Shape(args[1])
	if !is || up.Factor%2 != 0 || k.Rank() != 4 || k[0] != k[1] || k[0]%2 == 0 || k[2] != b.Shape(args[0])[3] {
		return None, false
	}
	small, big := from.Args[0], b.Shape(args[0])
	if k[0] == 1 {
		return b.One(Upsample{up.Factor}, b.One(conv, small, args[1])), true
	}
	if up.Factor > 2 {
		small = b.One(Upsample{up.Factor / 2}, small)
	}
	return b.One(ConvTranspose2D{2, big[1], big[2]}, small, b.One(EnlargeKernel{}, args[1])), true
}
