package experiments_test

import (
	"fmt"
	"os"
	"testing"
	"time"

	"ventral/experiments"
)

// asChild in the environment makes the test program a process that a test
// started, to be killed.
const asChild = "CORTEX_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		os.Exit(m.Run())
	}
	switch dir := experiments.Folder(os.Args[2]); os.Args[1] {
	case "lock":
		l, err := dir.Lock()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println("locked")
		time.Sleep(time.Minute)
		l.Release()
	}
}
