package command

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ventral/experiments/stimuli/pack"
	"ventral/experiments/stimuli/stimulitest"
)

// TestDataPacks builds a pack, lists it, finds damage, makes it again, and removes it.
func TestDataPacks(t *testing.T) {
	cache, root := t.TempDir(), t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache) // where systems have no XDG
	t.Setenv("LocalAppData", cache)
	must(t, stimulitest.Photographs{Train: 8, Val: 2, Classes: 2, Side: 24, Seed: 1}.Write(root))
	cortex := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if status := Main(append([]string{"data"}, args...), &out, &errs); status != want {
			t.Fatalf("data %v: status %d, want %d\n%s%s", args, status, want, &out, &errs)
		}
		return out.String() + errs.String()
	}
	says := func(text string, parts ...string) {
		t.Helper()
		for _, p := range parts {
			if !strings.Contains(text, p) {
				t.Errorf("%q is missing from:\n%s", p, text)
			}
		}
	}
	path := "path=" + root
	says(cortex(0, "pack", "folder", "--set", path, "--set", "size=16"), "decoding 10 images into", "whole, 10 of 10 images")
	var x struct{ Packs []pack.Status }
	must(t, json.Unmarshal([]byte(cortex(0, "list", "--json")), &x))
	if len(x.Packs) != 1 || x.Packs[0].State != pack.Whole {
		t.Fatalf("packs %+v", x.Packs)
	}
	folder := x.Packs[0].Folder
	name := filepath.Base(folder)[:6]
	says(cortex(0, "list"), "10 of 10", name, "1 pack, 0 downloads")
	says(cortex(0, "verify"), "sound")

	shard := filepath.Join(folder, "shard-00000.u8")
	b, err := os.ReadFile(shard)
	must(t, err)
	b[100] ^= 1
	must(t, os.WriteFile(shard, b, 0o666))
	says(cortex(1, "verify", name), "shard-00000.u8: found sha256")
	cortex(0, "pack", "folder", "--set", path, "--set", "size=16")
	says(cortex(0, "verify", name, "--json"), `"sound": true`, `"problems": []`)

	// A file that is cut off: an error that names it, or a skipped one.
	broken := filepath.Join(root, "train", "n00000001", "image_0000003.JPEG")
	whole, err := os.ReadFile(broken)
	must(t, err)
	must(t, os.WriteFile(broken, whole[:200], 0o666))
	says(cortex(1, "pack", "folder", "--set", path, "--set", "size=16"), "train/n00000001/image_0000003.JPEG")
	says(cortex(0, "pack", "folder", "--set", path, "--set", "size=16", "--set", "on_error=skip"), "whole, 9 of 9 images")
	says(cortex(0, "list"), "3 packs, 0 downloads", "incomplete")

	says(cortex(1, "rm", name), "--yes removes it") // no terminal asks
	says(cortex(0, "rm", name, "--yes"), "removed")
	if _, err := os.Stat(folder); err == nil {
		t.Error("the pack is still there")
	}
	says(cortex(0, "rm", "--all", "--yes", "--json"), `"state": "whole"`)
	says(cortex(0, "rm", "--all", "--yes"), "there is nothing to remove")
}
