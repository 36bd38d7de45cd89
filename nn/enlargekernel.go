package nn

import "fmt"

// EnlargeKernel gives the kernel of the transposed convolution that equals
// Upsample by 2 followed by Conv2D of stride 1: w [k k Cin Cout], k odd, gives
// [k+1 k+1 Cout Cin], in the layout of ConvTranspose2D of stride 2.
//
//	K[a,b,o,c] = Σ_{r,s ∈ {0,1}} w[k-1-a+r, k-1-b+s, c, o], w zero outside
//
// An output pixel then reads ((k+1)/2)² pixels of the small image instead of k²
// of the enlarged one, which are the same pixels several times.
type EnlargeKernel struct{}

// EnlargeKernelGrad is the adjoint of EnlargeKernel: d [k+1 k+1 Cout Cin] gives
// [k k Cin Cout].
//
//	g[i,j,c,o] = Σ_{r,s ∈ {0,1}} d[k-1-i+r, k-1-j+s, o, c]
type EnlargeKernelGrad struct{}

func (EnlargeKernel) Name() string     { return "enlarge_kernel" }
func (EnlargeKernelGrad) Name() string { return "enlarge_kernel_grad" }

func (EnlargeKernel) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 || s[0].Rank() != 4 || s[0][0] != s[0][1] || s[0][0]%2 == 0 {
		return nil, fmt.Errorf("found shapes %v, want one square kernel of odd size", s)
	}
	k := s[0]
	return []Shape{{k[0] + 1, k[1] + 1, k[3], k[2]}}, nil
}

func (EnlargeKernelGrad) Results(s []Shape) ([]Shape, error) {
	if len(s) != 1 || s[0].Rank() != 4 || s[0][0] != s[0][1] || s[0][0]%2 != 0 {
		return nil, fmt.Errorf("found shapes %v, want one square kernel of even size", s)
	}
	k := s[0]
	return []Shape{{k[0] - 1, k[1] - 1, k[3], k[2]}}, nil
}

func (EnlargeKernel) Batch([]bool) Locality     { return Whole }
func (EnlargeKernelGrad) Batch([]bool) Locality { return Whole }

// enlarged calls f with the element of a kernel [k k Cin Cout] and each element
// of the enlarged one [k+1 k+1 Cout Cin] that it is added to.
func enlarged(k Shape, f func(small, big int)) {
	for i := range k[0] {
		for j := range k[1] {
			for r := range 2 {
				for s := range 2 {
					a, b := k[0]-1-i+r, k[1]-1-j+s
					for c := range k[2] {
						for o := range k[3] {
							f(((i*k[1]+j)*k[2]+c)*k[3]+o, ((a*(k[1]+1)+b)*k[3]+o)*k[2]+c)
						}
					}
				}
			}
		}
	}
}

func (EnlargeKernel) Eval(args, results []Array) {
	w, k := args[0], results[0]
	enlarged(w.Shape, func(small, big int) { k.Data[big] += w.Data[small] })
}

func (EnlargeKernelGrad) Eval(args, results []Array) {
	d, g := args[0], results[0]
	enlarged(g.Shape, func(small, big int) { g.Data[small] += d.Data[big] })
}

func (EnlargeKernel) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(EnlargeKernelGrad{}, d[0])}
}

func (EnlargeKernelGrad) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(EnlargeKernel{}, d[0])}
}
