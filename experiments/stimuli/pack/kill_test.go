package pack

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"ventral/experiments/trials"
)

// asChild in the environment makes the test program a process that builds a pack,
// to be killed.
const asChild = "CORTEX_TEST_CHILD"

const killedImages = 400

func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		os.Exit(m.Run())
	}
	moment, _ := strconv.Atoi(os.Args[2])
	if err := child(os.Args[1], moment); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

// child opens a pack in a cache, and kills itself at a moment of writing files.
func child(cache string, moment int) error {
	moments := 0
	Moment = func() {
		if moments++; moments == moment {
			if p, err := os.FindProcess(os.Getpid()); err == nil {
				p.Kill()
			}
			select {} // until it is
		}
	}
	src, o := &numbered{n: killedImages, log: filepath.Join(cache, "decoded")}, options(cache)
	p, err := Open(src, o)
	if err != nil {
		return err
	}
	defer p.Close()
	for i := range src.n {
		if err := p.View(i, func(got Picture) error {
			if !bytes.Equal(got.Pixels, src.want(i).Pixels) {
				return errors.New("other pixels")
			}
			return nil
		}); err != nil {
			return err
		}
	}
	fmt.Println("moments", moments)
	return nil
}

func start(cache string, moment int, out *bytes.Buffer) (*exec.Cmd, error) {
	c := exec.Command(os.Args[0], cache, strconv.Itoa(moment))
	c.Env = append(os.Environ(), asChild+"=1")
	c.Stdout, c.Stderr = out, out
	return c, c.Start()
}

// TestProcesses starts processes at once on one cache: one builds, the others wait
// and read what it built.
func TestProcesses(t *testing.T) {
	cache := t.TempDir()
	var out [3]bytes.Buffer
	var list [3]*exec.Cmd
	for k := range list {
		c, err := start(cache, 0, &out[k])
		if err != nil {
			t.Fatal(err)
		}
		list[k] = c
	}
	for k, c := range list {
		if err := c.Wait(); err != nil {
			t.Errorf("%v\n%s", err, &out[k])
		}
	}
	info, err := os.Stat(filepath.Join(cache, "decoded"))
	if err != nil || info.Size() != killedImages+sampled {
		t.Errorf("decoded %v images, want each once and %d for the plan; %v", info.Size(), sampled, err)
	}
}

// TestKilled kills processes that build a pack, some of them two at a time: at random
// times, and before and after a file gets its name. What they leave is whole, or is
// built again, and ends with the bytes of a pack that was built at once. CORTEX_KILLS
// says how often; CORTEX_SEED draws other times.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: takes some seconds")
	}
	kills := trials.Number(t, "CORTEX_KILLS", 40)
	seed := trials.Number(t, "CORTEX_SEED", 1)
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	src := &numbered{n: killedImages}
	cache := t.TempDir()
	var out bytes.Buffer
	begun := time.Now()
	c, err := start(cache, 0, &out)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	takes := time.Since(begun)
	var moments int
	if _, err := fmt.Sscanf(out.String(), "moments %d", &moments); err != nil || moments < 30 {
		t.Fatalf("%d moments, %v", moments, err)
	}
	hash := Hash(src, "plain")
	want := contents(t, Folder(cache, hash))
	killed, packs, saved := 0, 0, 0
	for ; killed < kills; packs++ {
		cache := t.TempDir()
		for whole := 0; whole < 2; { // the second finds it whole
			type running struct {
				*exec.Cmd
				out bytes.Buffer
			}
			list := make([]*running, 1+random.IntN(2))
			for k := range list {
				moment, after := 0, time.Hour
				if killed < kills && whole == 0 {
					if random.IntN(2) == 0 {
						moment = 1 + random.IntN(moments)
					} else {
						after = time.Duration(random.Float64() * float64(takes))
					}
				}
				list[k] = new(running)
				if list[k].Cmd, err = start(cache, moment, &list[k].out); err != nil {
					t.Fatal(err)
				}
				timer := time.AfterFunc(after, func() { list[k].Process.Kill() })
				defer timer.Stop()
			}
			for _, r := range list {
				err := r.Wait()
				switch {
				case err == nil:
					whole++
				case r.ProcessState.ExitCode() == 3:
					t.Fatalf("seed %d: after %d kills: %v\n%s", seed, killed, err, &r.out)
				default:
					killed++
				}
			}
			saved += StatusOf(Folder(cache, hash)).Decoded
		}
		if got := contents(t, Folder(cache, hash)); !maps.Equal(got, want) {
			var names []string
			for name := range got {
				if got[name] != want[name] {
					names = append(names, name)
				}
			}
			t.Fatalf("seed %d: pack %d: files %s differ from those of a pack that was built at once", seed, packs, strings.Join(names, ", "))
		}
	}
	t.Logf("%d packs ended alike after %d kills; %d images lay in finished shards", packs, killed, saved)
}
