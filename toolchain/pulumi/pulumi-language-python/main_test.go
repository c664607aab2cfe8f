package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFindExecutorNamesTheScriptThatIsMissing(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "pulumi-language-python-exec")
	if _, err := findExecutor(missing); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("the error is %v, want %s in it", err, missing)
	}
	present := writeScript(t, missing, "exit 0")
	if found, err := findExecutor(present); err != nil || found != present {
		t.Errorf("the executor is %q (%v), want %q", found, err, present)
	}
}

func TestHostStopsWhenTheEngineHangsUp(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	stopped := make(chan struct{})
	go waitForHangUp(reader, func() { close(stopped) })
	select {
	case <-stopped:
		t.Fatal("the host stops although the engine is there")
	case <-time.After(50 * time.Millisecond):
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	within(t, "the host", func() struct{} { <-stopped; return struct{}{} })
}

func TestStandardInputThatIsNoPipeSaysNothing(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	waitForHangUp(null, func() { t.Error("the host stops because of /dev/null") })
}
