using System.Text.RegularExpressions;

namespace Foundation.Infrastructure.Tests.Files;

public sealed partial class AzureYamlTests
{
    public static TheoryData<string, string> Hooks { get; } = new()
    {
        { "postprovision", "posix" }, { "postprovision", "windows" },
        { "predeploy", "posix" }, { "predeploy", "windows" },
        { "postdeploy", "posix" }, { "postdeploy", "windows" },
    };

    [Fact]
    public void Service_IsTheFunctionsApp()
    {
        var azure = YamlFiles.Read("azure.yaml");

        Assert.Matches(Name(), azure.Text("name"));
        Assert.StartsWith("foundation@", azure.Text("metadata/template"), StringComparison.Ordinal);
        Assert.Equal(["foundation"], azure.Keys("services"));
        Assert.Equal("./functions/Foundation.Functions", azure.Text("services/foundation/project"));
        Assert.Equal("dotnet", azure.Text("services/foundation/language"));
        Assert.Equal("function", azure.Text("services/foundation/host"));
    }

    [Fact]
    public void Infrastructure_IsWhereAzureYamlSays()
    {
        var azure = YamlFiles.Read("azure.yaml");

        Assert.Equal("bicep", azure.Text("infra/provider"));
        Assert.True(File.Exists(Repository.PathOf($"{azure.Text("infra/path")}/{azure.Text("infra/module")}.bicep")));
        Assert.True(File.Exists(Repository.PathOf($"{azure.Text("infra/path")}/{azure.Text("infra/module")}.parameters.json")));
    }

    [Fact]
    public void Hooks_AreExactlyThese() =>
        Assert.Equal(["postprovision", "predeploy", "postdeploy"], YamlFiles.Read("azure.yaml").Keys("hooks"));

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Hook_IsAnExecutableScriptOfItsShell(string hook, string platform)
    {
        var azure = YamlFiles.Read("azure.yaml");
        var file = Repository.PathOf(azure.Text($"hooks/{hook}/{platform}/run"));

        Assert.Equal(platform == "posix" ? "sh" : "pwsh", azure.Text($"hooks/{hook}/{platform}/shell"));
        Assert.Equal(platform == "posix" ? $"{hook}.sh" : $"{hook}.ps1", Path.GetFileName(file));
        Assert.StartsWith(platform == "posix" ? "#!/bin/sh\n" : "#!/usr/bin/env pwsh\n", File.ReadAllText(file), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.True(File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute), $"{file} is not executable.");
        }
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")]
    private static partial Regex Name();
}
