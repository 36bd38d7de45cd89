package command

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// chromium is a browser that a test drives by its debugging protocol, over a pipe.
type chromium struct {
	t        *testing.T
	to       *os.File
	from     *bufio.Reader
	session  string
	last     int
	requests []string // addresses that were asked for, without those that are data
	said     []string // errors and messages of the console
}

// openChromium starts a browser. Without one the test is skipped, unless
// CORTEX_EXTERNAL=1 asks for a failure. CORTEX_CHROMIUM names one that is not in the path.
func openChromium(t *testing.T) *chromium {
	t.Helper()
	path := os.Getenv("CORTEX_CHROMIUM")
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path == "" {
			path, _ = exec.LookPath(name)
		}
	}
	if path == "" || runtime.GOOS == "windows" {
		if os.Getenv("CORTEX_EXTERNAL") == "1" {
			t.Fatal("CORTEX_EXTERNAL=1, and there is no chromium; Debian's package is chromium")
		}
		t.Skip("no chromium")
	}
	ours, theirs, err := os.Pipe()
	must(t, err)
	answers, back, err := os.Pipe()
	must(t, err)
	c := exec.Command(path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
		"--remote-debugging-pipe", "--user-data-dir="+t.TempDir(), "about:blank")
	c.ExtraFiles = []*os.File{ours, back} // descriptors 3 and 4
	must(t, c.Start())
	ours.Close()
	back.Close()
	b := &chromium{t: t, to: theirs, from: bufio.NewReaderSize(answers, 1<<20)}
	limit := time.AfterFunc(2*time.Minute, func() { c.Process.Kill() })
	t.Cleanup(func() {
		b.session = ""
		fmt.Fprintf(b.to, `{"id":0,"method":"Browser.close"}`+"\x00")
		theirs.Close()
		ended := time.AfterFunc(10*time.Second, func() { c.Process.Kill() })
		c.Wait()
		ended.Stop()
		limit.Stop()
		answers.Close()
	})
	var made struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &made)
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": made.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		b.call(domain+".enable", nil, nil)
	}
	return b
}

// message is an answer or an event.
type message struct {
	ID     int
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  *struct{ Message string }
}

// call calls a method and takes its result apart.
func (b *chromium) call(method string, params map[string]any, result any) {
	b.t.Helper()
	b.last++
	m := map[string]any{"id": b.last, "method": method}
	if params != nil {
		m["params"] = params
	}
	if b.session != "" {
		m["sessionId"] = b.session
	}
	text, err := json.Marshal(m)
	must(b.t, err)
	if _, err := b.to.Write(append(text, 0)); err != nil {
		b.t.Fatal(err)
	}
	for {
		line, err := b.from.ReadBytes(0)
		if err != nil {
			b.t.Fatalf("%s: the browser has ended: %v", method, err)
		}
		var a message
		must(b.t, json.Unmarshal(bytes.TrimSuffix(line, []byte{0}), &a))
		if a.Method != "" {
			b.event(a)
			continue
		}
		if a.ID != b.last {
			continue
		}
		if a.Error != nil {
			b.t.Fatalf("%s: %s", method, a.Error.Message)
		}
		if result != nil {
			must(b.t, json.Unmarshal(a.Result, result))
		}
		return
	}
}

// event notes what a page asks for and what goes wrong in it.
func (b *chromium) event(a message) {
	switch a.Method {
	case "Network.requestWillBeSent":
		var p struct{ Request struct{ URL string } }
		must(b.t, json.Unmarshal(a.Params, &p))
		if !strings.HasPrefix(p.Request.URL, "data:") {
			b.requests = append(b.requests, p.Request.URL)
		}
	case "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded":
		b.said = append(b.said, string(a.Params))
	}
}

// open opens a file.
func (b *chromium) open(path string) {
	b.t.Helper()
	whole, err := filepath.Abs(path)
	must(b.t, err)
	b.call("Page.navigate", map[string]any{"url": "file://" + filepath.ToSlash(whole)}, nil)
	for range 200 {
		if b.text("document.readyState + ' ' + location.protocol") == "complete file:" {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.t.Fatal("the page does not end loading")
}

// text is the value of an expression in the page.
func (b *chromium) text(expression string) string {
	b.t.Helper()
	var r struct {
		Result struct {
			Value any
		}
		ExceptionDetails *struct{ Exception struct{ Description string } }
	}
	b.call("Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true, "awaitPromise": true}, &r)
	if r.ExceptionDetails != nil {
		b.t.Fatalf("%s: %s", expression, r.ExceptionDetails.Exception.Description)
	}
	return fmt.Sprint(r.Result.Value)
}

// press presses a key.
func (b *chromium) press(key string) {
	b.t.Helper()
	for _, kind := range []string{"keyDown", "keyUp"} {
		b.call("Input.dispatchKeyEvent", map[string]any{"type": kind, "key": key, "code": key}, nil)
	}
}

// point moves the pointer into the middle of the element of a selector.
func (b *chromium) point(selector string) {
	b.t.Helper()
	b.text(fmt.Sprintf("document.querySelector(%q).scrollIntoView({block: 'center'})", selector))
	var at [2]float64
	text := b.text(fmt.Sprintf("(() => { const r = document.querySelector(%q).getBoundingClientRect(); return JSON.stringify([r.x + r.width / 2, r.y + r.height / 2]) })()", selector))
	must(b.t, json.Unmarshal([]byte(text), &at))
	b.call("Input.dispatchMouseEvent", map[string]any{"type": "mouseMoved", "x": at[0], "y": at[1]}, nil)
}

// media sets what a page is shown on.
func (b *chromium) media(kind, scheme string, width int) {
	b.t.Helper()
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": kind, "features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}, nil)
}

// pdf prints the page.
func (b *chromium) pdf() []byte {
	b.t.Helper()
	var r struct{ Data string }
	b.call("Page.printToPDF", map[string]any{"printBackground": true}, &r)
	p, err := base64.StdEncoding.DecodeString(r.Data)
	must(b.t, err)
	return p
}

// quiet wants a page that asked for nothing but itself and complained of nothing.
func (b *chromium) quiet(file string) {
	b.t.Helper()
	for _, r := range b.requests {
		if !strings.HasSuffix(r, "/"+file) || !strings.HasPrefix(r, "file://") {
			b.t.Errorf("the page asks for %s", r)
		}
	}
	for _, s := range b.said {
		b.t.Errorf("the console says %s", s)
	}
}
