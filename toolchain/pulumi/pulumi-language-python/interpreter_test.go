package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestVirtualenvIsRelativeToTheFileAsNamed(t *testing.T) {
	real := project(t, "exit 0").GetRootDirectory()
	shadow := filepath.Join(t.TempDir(), "shadow")
	if err := os.Symlink(real, shadow); err != nil {
		t.Fatal(err)
	}

	python, err := newInterpreter(info(t, shadow, map[string]any{"virtualenv": ".venv", "toolchain": "pip"}), projectFile)
	if err != nil {
		t.Fatal(err)
	}
	cmd, err := python.command(t.Context(), "-V")
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(shadow, ".venv", "bin", "python"); cmd.Path != want {
		t.Errorf("the interpreter is %s, want %s", cmd.Path, want)
	}
}

func TestOptionsThatCannotBeHonouredAreNamed(t *testing.T) {
	for _, test := range []struct {
		options map[string]any
		want    string
	}{
		{map[string]any{"typechecker": "mypy"}, `runtime option "typechecker" is not supported`},
		{map[string]any{"toolchain": "conda"}, `unknown toolchain "conda"; write auto, pip, poetry or uv`},
		{map[string]any{"virtualenv": 3}, `runtime option "virtualenv" must be text, not 3`},
	} {
		root := t.TempDir()
		_, err := newInterpreter(info(t, root, test.options), policyFile)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: the error is %v, want %q in it", test.options, err, test.want)
		} else if !strings.HasPrefix(err.Error(), filepath.Join(root, "PulumiPolicy.yaml")) {
			t.Errorf("%v: the error %q does not begin with the file's name", test.options, err)
		}
	}
}

func TestVirtualenvWithoutPythonIsAnError(t *testing.T) {
	for _, test := range []struct {
		name    string
		prepare func(root string) error
		want    string
	}{
		{"absent", func(string) error { return nil }, "does not exist"},
		{"empty", func(root string) error { return os.Mkdir(filepath.Join(root, "env"), 0o755) }, "has no Python in it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			if err := test.prepare(root); err != nil {
				t.Fatal(err)
			}
			python, err := newInterpreter(info(t, root, map[string]any{"virtualenv": "env", "toolchain": "pip"}), projectFile)
			if err != nil {
				t.Fatal(err)
			}
			_, err = python.command(t.Context(), "-V")
			if err == nil || !strings.Contains(err.Error(), filepath.Join(root, "env")+" "+test.want) {
				t.Errorf("the error is %v, want the path and %q in it", err, test.want)
			}
		})
	}
}

func TestInterpreterThatCannotBeRunIsAnError(t *testing.T) {
	program := project(t, "exit 0")
	binary := filepath.Join(program.GetRootDirectory(), ".venv", "bin", "python")
	if err := os.Chmod(binary, 0o644); err != nil {
		t.Fatal(err)
	}
	python, err := newInterpreter(program, projectFile)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := python.command(t.Context(), "-V"); err == nil || !strings.Contains(err.Error(), "cannot be run") {
		t.Errorf("the error is %v, want one that says the interpreter cannot be run", err)
	}
}

func TestPluginBringsItsOwnEnvironmentUnlessItSaysOtherwise(t *testing.T) {
	root := t.TempDir()
	python, err := newInterpreter(info(t, root, nil), pluginFile)
	if err != nil {
		t.Fatal(err)
	}
	if path, _ := python.VirtualEnvPath(t.Context()); path != filepath.Join(root, "venv") {
		t.Errorf("a plugin without options uses %q, want its folder venv", path)
	}
	program, err := newInterpreter(info(t, root, nil), projectFile)
	if err != nil {
		t.Fatal(err)
	}
	if path, _ := program.VirtualEnvPath(t.Context()); path != "" {
		t.Errorf("a program without options uses %q, want the Python on the PATH", path)
	}
}
