package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/emptypb"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestProgramArgumentsTellTheExecutorWhatItNeeds(t *testing.T) {
	host := newLanguageHost("/the/executor", "engine:1", "")
	got := host.programArguments(&pulumirpc.RunRequest{
		MonitorAddress: "monitor:2", Project: "p", Stack: "dev", Pwd: "/work", DryRun: true, Parallel: 8,
		Organization: "organization", Args: []string{"more"},
		Info: &pulumirpc.ProgramInfo{RootDirectory: "/root", ProgramDirectory: "/work"},
	})
	want := []string{
		"--monitor", "monitor:2", "--engine", "engine:1", "--project", "p", "--root_directory", "/root",
		"--stack", "dev", "--pwd", "/work", "--dry_run", "true", "--parallel", "8",
		"--organization", "organization", ".", "more",
	}
	if !slices.Equal(got, want) {
		t.Errorf("arguments are\n%q, want\n%q", got, want)
	}
}

func TestRunReportsHowTheProgramEnded(t *testing.T) {
	for _, test := range []struct {
		python string
		want   *pulumirpc.RunResponse
	}{
		{"exit 0", &pulumirpc.RunResponse{}},
		{"exit 32", &pulumirpc.RunResponse{Bail: true}},
		{"exit 3", &pulumirpc.RunResponse{Error: "Program exited with non-zero exit code: 3"}},
		{"kill -9 $$", &pulumirpc.RunResponse{Error: "Program was ended by a signal: signal: killed"}},
		// The first words of the command line and the environment, as the program sees them:
		{`[ "$1 $2" = "-u /the/executor" ] && [ "$PULUMI_CONFIG" = '{"a:b":"c"}' ] && [ "$PULUMI_CONFIG_SECRET_KEYS" = '["a:b"]' ]`,
			&pulumirpc.RunResponse{}},
		{`case "$PATH" in "$VIRTUAL_ENV/bin:"*) exit 0;; esac; exit 1`, &pulumirpc.RunResponse{}},
	} {
		client, _ := connect(t)
		response, err := client.Run(t.Context(), &pulumirpc.RunRequest{
			Info: project(t, test.python), Pwd: t.TempDir(),
			Config: map[string]string{"a:b": "c"}, ConfigSecretKeys: []string{"a:b"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if response.GetError() != test.want.GetError() || response.GetBail() != test.want.GetBail() {
			t.Errorf("%s: the response is %v, want %v", test.python, response, test.want)
		}
	}
}

func TestRunRefusesADebuggerByName(t *testing.T) {
	client, _ := connect(t)
	_, err := client.Run(t.Context(), &pulumirpc.RunRequest{Info: project(t, "exit 0"), AttachDebugger: true})
	if err == nil || !strings.Contains(err.Error(), "cannot attach a debugger") {
		t.Errorf("the error is %v, want a refusal", err)
	}
}

// The engine waits 5 s for a host whose child still holds its output, so Cancel has to end the child, not leave it.
func TestCancelEndsTheProgramAndComesBackAfterIt(t *testing.T) {
	for _, test := range []struct{ name, python string }{
		{"polite", "exec sleep 60"},
		{"deaf", `trap "" TERM; while :; do sleep 0.05; done`},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, host := connect(t)
			program := project(t, "touch started; "+test.python)
			ended := make(chan *pulumirpc.RunResponse, 1)
			go func() {
				response, err := client.Run(t.Context(), &pulumirpc.RunRequest{Info: program, Pwd: program.GetRootDirectory()})
				if err != nil {
					t.Error(err)
				}
				ended <- response
			}()
			awaitFile(t, program.GetRootDirectory()+"/started")

			began := time.Now()
			if _, err := client.Cancel(t.Context(), &emptypb.Empty{}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > gracePeriod+2*time.Second {
				t.Errorf("Cancel took %v", took)
			}
			response := within(t, "Run", func() *pulumirpc.RunResponse { return <-ended })
			if !strings.Contains(response.GetError(), "ended by a signal") {
				t.Errorf("the response is %v, want an error that names the signal", response)
			}
			host.children.running.Wait()
		})
	}
}
