package sweep

import (
	"math"
	"strings"
	"testing"
)

// TestSlurmTime holds times to the formats of sbatch's manual: "minutes",
// "minutes:seconds", "hours:minutes:seconds", "days-hours", "days-hours:minutes"
// and "days-hours:minutes:seconds".
func TestSlurmTime(t *testing.T) {
	for text, want := range map[string]float64{
		"90": 5400, "90:30": 5430, "4:00:00": 14400, "1-12": 36 * 3600, "1-12:30": 36*3600 + 1800, "2-0:00:01": 2*24*3600 + 1, "UNLIMITED": math.Inf(1), "infinite": math.Inf(1),
	} {
		if got, ok := slurmSeconds(text); !ok || got != want {
			t.Errorf("%s: got %g, %v; want %g", text, got, ok, want)
		}
	}
	for _, c := range []struct{ time, mem, want string }{
		{"abc", "", `--time: found "abc", want minutes`}, {"4h", "", "want minutes"}, {"1:2:3:4", "", "want minutes"}, {"1-", "", "want minutes"}, {"-1", "", "want minutes"}, {"1.5", "", "want minutes"}, {"1-2:3:4:5", "", "want minutes"},
		{"2", "", "want more than the 120 seconds"}, {"0", "", "want more than"},
		{"", "2GB", `--mem: found "2GB", want a number`}, {"", "much", "want a number"}, {"", "G", "want a number"},
	} {
		if err := (Slurm{Time: c.time, Mem: c.mem}).Check(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: got %v", c, err)
		}
	}
	for _, x := range []Slurm{{}, {Time: "10", Mem: "2G"}, {Time: "2:01", Mem: "4096"}, {Mem: "500m"}, {Mem: "0"}} {
		if err := x.Check(); err != nil {
			t.Errorf("%+v: %v", x, err)
		}
	}
}
