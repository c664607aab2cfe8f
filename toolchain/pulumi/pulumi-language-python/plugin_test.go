package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/emptypb"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// output is what a plugin's stream carried.
type output struct {
	stdout, stderr string
	exitCode       int32
	err            error
}

func drain(stream pulumirpc.LanguageRuntime_RunPluginClient) output {
	var result output
	for {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return result
		} else if err != nil {
			result.err = err
			return result
		}
		result.stdout += string(message.GetStdout())
		result.stderr += string(message.GetStderr())
		result.exitCode += message.GetExitcode()
	}
}

func TestProviderRunsWithTheEnginesEnvironmentAndItsExitCodeIsTold(t *testing.T) {
	program := project(t, `echo "$@ in $PWD with $GIVEN"; echo trouble >&2; exit 7`)
	root := program.GetRootDirectory()
	if err := os.WriteFile(filepath.Join(root, "__main__.py"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	pwd := t.TempDir()
	client, _ := connect(t)
	stream, err := client.RunPlugin(t.Context(), &pulumirpc.RunPluginRequest{
		Info: program, Kind: "resource", Pwd: pwd, Args: []string{"engine:1"}, Env: []string{"GIVEN=this", "PATH=" + os.Getenv("PATH")},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := within(t, "the provider", func() output { return drain(stream) })
	want := output{stdout: "-u " + root + " engine:1 in " + pwd + " with this\n", stderr: "trouble\n", exitCode: 7}
	if got != want {
		t.Errorf("the provider's output is %+v, want %+v", got, want)
	}
}

func TestProviderWithoutAProgramIsAnError(t *testing.T) {
	client, _ := connect(t)
	stream, err := client.RunPlugin(t.Context(), &pulumirpc.RunPluginRequest{Info: project(t, "exit 0"), Kind: "resource"})
	if err != nil {
		t.Fatal(err)
	}
	got := within(t, "the provider", func() output { return drain(stream) })
	if got.err == nil || !strings.Contains(got.err.Error(), "has no __main__.py to run") {
		t.Errorf("the error is %v, want one that names __main__.py", got.err)
	}
}

// A policy pack whose virtual environment did not exist made the engine wait for ever: the error came after the engine
// had been told that the pack listens.
func TestPolicyPackWithoutInterpreterFailsBeforeItListens(t *testing.T) {
	client, _ := connect(t)
	pack := info(t, t.TempDir(), map[string]any{"virtualenv": "../nowhere", "toolchain": "pip"})
	stream, err := client.RunPlugin(t.Context(), &pulumirpc.RunPluginRequest{Info: pack, Kind: "analyzer"})
	if err != nil {
		t.Fatal(err)
	}
	got := within(t, "the policy pack", func() output { return drain(stream) })
	if got.stdout != "" {
		t.Errorf("the pack told the engine %q before it failed", got.stdout)
	}
	if got.err == nil || !strings.Contains(got.err.Error(), `PulumiPolicy.yaml: virtualenv is "../nowhere"`) {
		t.Errorf("the error is %v, want one that names the file and the option", got.err)
	}
}

// A pack that dies while it starts has to fail the engine's next question instead of leaving it without an answer.
func TestPolicyPackThatDiesAnswersTheEngineWithAnError(t *testing.T) {
	client, _ := connect(t)
	stream, err := client.RunPlugin(t.Context(), &pulumirpc.RunPluginRequest{
		Info: project(t, `echo "$PULUMI_STACK $PULUMI_DRY_RUN" >&2; exit 9`), Kind: "analyzer", Env: os.Environ(),
	})
	if err != nil {
		t.Fatal(err)
	}
	first, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	port, err := strconv.Atoi(strings.TrimSpace(string(first.GetStdout())))
	if err != nil {
		t.Fatal(err)
	}
	pack := pulumirpc.NewAnalyzerClient(dial(t, port))
	if _, err := pack.ConfigureStack(t.Context(), &pulumirpc.AnalyzerStackConfigureRequest{Stack: "dev", DryRun: true}); err != nil {
		t.Fatal(err)
	}

	err = within(t, "the question", func() error {
		_, err := pack.GetAnalyzerInfo(t.Context(), &emptypb.Empty{})
		return err
	})
	if err == nil {
		t.Error("a pack that has died answers")
	}
	if got := within(t, "the policy pack", func() output { return drain(stream) }); got.stderr != "dev true\n" {
		t.Errorf("the pack saw the stack as %q, want dev in a dry run", got.stderr)
	}
}
