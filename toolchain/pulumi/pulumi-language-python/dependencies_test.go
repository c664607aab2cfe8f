package main

import (
	"os/exec"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestDependenciesAreListedWithoutPip(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 on the PATH")
	}
	site := t.TempDir()
	for name, metadata := range map[string]string{
		"top":   "Metadata-Version: 2.1\nName: Top_Level\nVersion: 1.2\nRequires-Dist: under>=1\n",
		"under": "Metadata-Version: 2.1\nName: under\nVersion: 3.4\n",
	} {
		writeFile(t, site+"/"+name+"-1.dist-info/METADATA", metadata)
	}
	client, _ := connect(t)
	program := project(t, `PYTHONPATH=`+site+` exec `+python+` -S "$@"`)
	for transitive, want := range map[bool][]string{true: {"top-level 1.2", "under 3.4"}, false: {"top-level 1.2"}} {
		response, err := client.GetProgramDependencies(t.Context(),
			&pulumirpc.GetProgramDependenciesRequest{Info: program, TransitiveDependencies: transitive})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, found := range response.GetDependencies() {
			got = append(got, found.GetName()+" "+found.GetVersion())
		}
		if len(got) != len(want) || got[0] != want[0] || got[len(got)-1] != want[len(want)-1] {
			t.Errorf("transitive %t: the packages are %q, want %q", transitive, got, want)
		}
	}
}
