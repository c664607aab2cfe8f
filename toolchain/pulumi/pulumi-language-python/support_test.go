package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// patience is how long a test waits for something that takes milliseconds when all is well.
const patience = 20 * time.Second

// writeScript writes an executable shell script.
func writeScript(t *testing.T, path, body string) string {
	t.Helper()
	writeFile(t, path, "#!/bin/sh\n"+body+"\n")
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// project makes a project whose virtual environment has a shell script for a Python.
func project(t *testing.T, python string) *pulumirpc.ProgramInfo {
	t.Helper()
	root := t.TempDir()
	writeScript(t, filepath.Join(root, ".venv", "bin", "python"), python)
	return info(t, root, map[string]any{"virtualenv": ".venv", "toolchain": "pip"})
}

func info(t *testing.T, root string, options map[string]any) *pulumirpc.ProgramInfo {
	t.Helper()
	fields, err := structpb.NewStruct(options)
	if err != nil {
		t.Fatal(err)
	}
	return &pulumirpc.ProgramInfo{RootDirectory: root, ProgramDirectory: root, EntryPoint: ".", Options: fields}
}

// connect serves a host as the engine would see it.
func connect(t *testing.T) (pulumirpc.LanguageRuntimeClient, *languageHost) {
	t.Helper()
	host := newLanguageHost("/the/executor", "127.0.0.1:1", "")
	cancel := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, host)
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	connection := dial(t, handle.Port)
	t.Cleanup(func() {
		host.children.end()
		close(cancel)
	})
	return pulumirpc.NewLanguageRuntimeClient(connection), host
}

func dial(t *testing.T, port int) *grpc.ClientConn {
	t.Helper()
	address := fmt.Sprintf("127.0.0.1:%d", port)
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := connection.Close(); err != nil {
			t.Error(err)
		}
	})
	return connection
}

// within fails the test when work does not return soon: a hang is what most of these tests are about.
func within[T any](t *testing.T, what string, work func() T) T {
	t.Helper()
	result := make(chan T, 1)
	go func() { result <- work() }()
	select {
	case value := <-result:
		return value
	case <-time.After(patience):
		t.Fatalf("%s did not return", what)
		panic("unreachable")
	}
}

// awaitFile returns when a file exists.
func awaitFile(t *testing.T, path string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not appear", path)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
