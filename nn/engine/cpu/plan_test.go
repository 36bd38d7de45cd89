package cpu

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ventral/nn"
)

// Buffers that live at the same time do not overlap, and begin on cache lines.
func TestPackBuffers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var bs []*buffer
		for range 60 {
			from := r.IntN(30)
			bs = append(bs, &buffer{size: 1 + r.IntN(300), from: from, to: from + r.IntN(8)})
		}
		total := packBuffers(bs)
		most := 0
		for time := range 40 {
			live := 0
			for i, a := range bs {
				if a.from > time || time > a.to {
					continue
				}
				live += a.size
				if a.offset%align != 0 || a.offset+a.size > total {
					t.Fatalf("buffer %+v of %d elements", *a, total)
				}
				for _, b := range bs[:i] {
					if b.from <= time && time <= b.to && a.offset < b.offset+b.size && b.offset < a.offset+a.size {
						t.Fatalf("buffers overlap: %+v and %+v", *a, *b)
					}
				}
			}
			most = max(most, live)
		}
		if total > 2*most+60*align {
			t.Errorf("found %d elements for %d live, want at most twice", total, most)
		}
	}
}

// chain is a convolution between element-wise instructions, without a norm.
func chain(t *testing.T, images int) *nn.Program {
	t.Helper()
	b := nn.NewBuilder()
	b.Tag = nn.Tag{Area: "V1", Step: 1}
	x := b.Input("x", nn.Shape{images, 8, 8, 4}, true)
	k := b.Var("k", nn.Shape{3, 3, 4, 4}, nn.Init{Kind: "he_normal", FanIn: 36}, true)
	y := x
	for range 5 {
		y = b.One(nn.Unary{Fn: "relu"}, b.One(nn.Conv2D{Stride: 1}, y, k))
	}
	loss := b.One(nn.MeanImages{}, y)
	b.Output("loss", loss)
	g := b.Gradient(loss, []nn.Value{k})
	b.Output("gradient", g[0])
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Without a norm nothing but weight gradients waits for the batch: forward and
// backward are one region, and its values have no memory in the arena.
func TestPlanOfOneRegion(t *testing.T) {
	p, err := NewPlan(chain(t, 64), Options{Threads: 1, Kernel: "go"})
	if err != nil {
		t.Fatal(err)
	}
	regions := 0
	for _, r := range p.Regions {
		if r.Images > 0 {
			regions++
			for _, s := range r.Steps {
				for _, a := range s.Results {
					if a.Space != "local" {
						t.Errorf("%v: want its results in local memory", s)
					}
				}
			}
		}
	}
	if regions != 1 {
		t.Errorf("found %d regions, want 1:\n%v", regions, p)
	}
	// Five weight gradients of 144 elements add to one accumulator in each of 16
	// chunks, merged once; one sum an image, the packed kernel twice with at
	// most 32 channels for 4. All rounded up to cache lines.
	if most := int64(4 * (17*144 + 2*64 + 2*8*144 + 100)); p.ArenaBytes > most {
		t.Errorf("arena: found %d bytes, want at most %d", p.ArenaBytes, most)
	}
	if p.Chunks != 16 || p.VariableBytes != 4*144 {
		t.Errorf("found %d chunks, %d bytes of variables", p.Chunks, p.VariableBytes)
	}
}

// The listing names every instruction once, and merges.
func TestListing(t *testing.T) {
	q := chain(t, 3)
	p, err := NewPlan(q, Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	seen := make([]int, len(q.Instrs))
	for _, r := range p.Regions {
		for _, s := range r.Steps {
			if s.Index >= 0 && !s.Merge {
				seen[s.Index]++
			}
		}
	}
	for i, n := range seen {
		if n != 1 {
			t.Errorf("instruction %d is there %d times", i, n)
		}
	}
	text := p.String()
	for _, want := range []string{"per-image conv2d (%0 input x:", "kept      pack (%1 variable k:576)", "merge     mean_images", "3 images in 3 chunks", "# V1@1"} {
		if !strings.Contains(text, want) {
			t.Errorf("listing without %q:\n%s", want, text)
		}
	}
	var memory strings.Builder
	if err := p.WriteMemory(&memory); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(memory.String(), "accumulators of conv_kernel, V1@1 (gradient)") {
		t.Errorf("memory table:\n%s", memory.String())
	}
	// Who holds the arena where most is in use adds up to what is in use.
	peak, held := p.Peak(), int64(0)
	for _, h := range p.Holders(peak) {
		held += (h.Bytes + 63) &^ 63
	}
	if held != p.Regions[peak].Live {
		t.Errorf("holders: found %d bytes, want %d", held, p.Regions[peak].Live)
	}
}

// A program over the limit says what it needs and which batch would fit: that
// one does, and one more image does not.
func TestMemoryLimit(t *testing.T) {
	program := func(images int) *nn.Program {
		p := chain(t, images)
		p.Outputs = append(p.Outputs, nn.Port{Name: "state", Value: p.Instrs[3].Results[0]})
		return p
	}
	all, err := NewPlan(program(64), Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	limit := all.Bytes() * 9 / 10
	e := New(Options{Threads: 2, MemoryLimit: limit})
	_, err = e.Compile(program(64))
	if err == nil {
		t.Fatal("64 images: found no error")
	}
	var fits int
	if _, found, ok := strings.Cut(err.Error(), "a batch of "); !ok {
		t.Fatalf("got %v, want an error that says which batch would fit", err)
	} else if _, err := fmt.Sscan(found, &fits); err != nil || fits < 1 || fits > 63 {
		t.Fatalf("%q: found %d images, error %v", found, fits, err)
	}
	for _, n := range []int{fits, fits + 1} {
		exe, err := e.Compile(program(n))
		if err == nil {
			exe.Close()
		}
		if (err == nil) != (n == fits) {
			t.Errorf("%d of %d images: got error %v", n, fits, err)
		}
	}
	if _, err := New(Options{Threads: 2, MemoryLimit: 100}).Compile(program(2)); err == nil || !strings.Contains(err.Error(), "no batch") {
		t.Errorf("got %v, want an error that says that no batch fits", err)
	}
}

// What a norm and its rectification give is made again after each barrier, not
// kept: only states that the norm reads are.
func TestNormalisedIsMadeAgain(t *testing.T) {
	b := nn.NewBuilder()
	x := b.Input("x", nn.Shape{16, 8, 8, 4}, true)
	k := b.Var("k", nn.Shape{3, 3, 4, 4}, nn.Init{Kind: "he_normal", FanIn: 36}, true)
	y := b.One(nn.Conv2D{Stride: 1}, x, k)
	kept := map[nn.Value]bool{y: true}
	for range 3 {
		m := b.Do(nn.Moments{}, y)
		n := b.One(nn.Unary{Fn: "relu"}, b.One(nn.Normalise{Eps: 1e-5}, y, m[0], m[1]))
		y = b.One(nn.Conv2D{Stride: 1}, n, k)
		kept[y] = true
	}
	loss := b.One(nn.MeanImages{}, y)
	b.Output("loss", loss)
	forward := nn.Value(len(mustProgram(t, b).Shapes))
	b.Output("gradient", b.Gradient(loss, []nn.Value{k})[0])
	p := mustProgram(t, b)
	plan, err := NewPlan(p, Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	again := 0
	for _, r := range plan.Regions {
		for _, s := range r.Steps {
			for _, a := range s.Results {
				if a.Value < forward && a.Space == "arena" && a.Bytes > 4096 && !kept[a.Value] {
					t.Errorf("kept over a barrier: %v", s)
				}
			}
			if s.Index < 0 && s.Name == "unary" {
				again++
			}
		}
	}
	// The last is read forward and backward in one region.
	if again != 2 {
		t.Errorf("found %d rectifications made again, want one for each of 2 gradients:\n%v", again, plan)
	}
}

func mustProgram(t *testing.T, b *nn.Builder) *nn.Program {
	t.Helper()
	p, err := b.Program()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// placedPlainly is the rule of packBuffers as it reads: every buffer looks at
// all that are placed.
func placedPlainly(buffers []*buffer) {
	order := slices.Clone(buffers)
	slices.SortStableFunc(order, func(a, b *buffer) int { return cmp.Or(cmp.Compare(b.size, a.size), cmp.Compare(a.from, b.from)) })
	for i, b := range order {
		meets := slices.DeleteFunc(slices.Clone(order[:i]), func(p *buffer) bool { return p.to < b.from || b.to < p.from })
		slices.SortStableFunc(meets, func(p, q *buffer) int { return cmp.Compare(p.offset, q.offset) })
		best, waste, end := -1, 0, 0
		for _, p := range meets {
			if gap := p.offset - end; gap >= b.size && (best < 0 || gap-b.size < waste) {
				best, waste = end, gap-b.size
			}
			end = max(end, up(p.offset+p.size, align))
		}
		if b.offset = best; best < 0 {
			b.offset = end
		}
	}
}

// Every buffer lies where the plain rule puts it: lives that nest, follow one
// another, or are drawn at random.
func TestPackBuffersByTheRule(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for round := range 300 {
		n := 1 + r.IntN(200)
		var a, b []*buffer
		for i := range n {
			x := buffer{size: 1 + r.IntN(1+round%7*50), from: r.IntN(60)}
			switch x.to = x.from + r.IntN(20); round % 3 {
			case 0:
				x.from, x.to = i, 2*n-i
			case 1:
				x.from, x.to = i/3, i/3+r.IntN(2)
			}
			y := x
			a, b = append(a, &x), append(b, &y)
		}
		packBuffers(a)
		placedPlainly(b)
		for i := range a {
			if *a[i] != *b[i] {
				t.Fatalf("round %d: buffer %d lies at %+v, the rule puts it at %+v", round, i, *a[i], *b[i])
			}
		}
	}
}

// A program of many steps keeps as many buffers as it has steps, each inside
// the life of the one before, and short ones beside them. What a buffer looks at
// must not grow with their number: 200 000 take some tenths of a second, and
// took minutes by the plain rule.
func TestPackManyBuffers(t *testing.T) {
	const steps = 50_000
	var bs []*buffer
	for t := range steps {
		bs = append(bs, &buffer{size: 256, from: t, to: 2*steps - t}, &buffer{size: 128, from: t, to: 2*steps - t},
			&buffer{size: 192, from: t, to: t + 1}, &buffer{size: 64, from: 2*steps - t, to: 2*steps - t + 2})
	}
	start := time.Now()
	if got, least := packBuffers(bs), (256+128)*steps; got < least || got > least+4*256 {
		t.Errorf("found %d elements, want about the %d that live at once", got, least)
	}
	if took := time.Since(start); took > 10*time.Second && !raced {
		t.Errorf("took %v, want less than 10 s on any machine", took)
	}
}
