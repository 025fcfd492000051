using System.Text.Json;
using System.Text.RegularExpressions;

namespace Foundation.Infrastructure.Tests.Bicep;

public sealed partial class BuildTests
{
    public static TheoryData<string> Files { get; } =
    [
        Deployment.Main,
        .. Directory.EnumerateFiles(Repository.PathOf("bicep"), "*.bicep").Order(StringComparer.Ordinal)
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/')),
    ];

    [Fact]
    public async Task Build_IsCleanIncludingTheLinter()
    {
        var result = await Deployment.BuildAsync();

        Assert.Equal("", result.Errors);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Linter_WhenARuleIsBroken_FailsTheBuild()
    {
        // Without this the test above would be just as green with the linter switched off.
        BicepCompiler.SkipWhereItDoesNotRun();
        var folder = Directory.CreateTempSubdirectory("foundation-lint-").FullName;
        try
        {
            var file = Path.Combine(folder, "broken.bicep");
            await File.WriteAllTextAsync(file, "param unused string\n", TestContext.Current.CancellationToken);
            File.Copy(Repository.PathOf("bicepconfig.json"), Path.Combine(folder, "bicepconfig.json"));

            var result = await BicepCompiler.RunAsync("build", file, "--stdout");

            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains("no-unused-params", result.Errors, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Files_AreFormattedAsTheCompilerFormatsThem()
    {
        BicepCompiler.SkipWhereItDoesNotRun();
        var folder = Directory.CreateTempSubdirectory("foundation-format-").FullName;
        try
        {
            foreach (var file in Files.Select(row => row.Data))
            {
                File.Copy(Repository.PathOf(file), Path.Combine(folder, Path.GetFileName(file)));
            }

            var result = await BicepCompiler.RunAsync("format", "--pattern", Path.Combine(folder, "*.bicep"));

            Assert.Equal(0, result.ExitCode);
            Assert.All(Files.Select(row => row.Data), file =>
                Assert.Equal(Repository.Read(file), File.ReadAllText(Path.Combine(folder, Path.GetFileName(file)))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void File_NamesNoModuleOfARegistry(string file) => Assert.DoesNotMatch(RegistryModule(), Repository.Read(file));

    [Fact]
    public async Task Parameters_OfTheFileAzdReads_AreParametersOfTheTemplate()
    {
        var known = (await Deployment.TemplateAsync()).GetProperty("parameters").EnumerateObject().Select(parameter => parameter.Name);
        var passed = Repository.ReadJson("infra/main.parameters.json").GetProperty("parameters").EnumerateObject().Select(p => p.Name);

        Assert.Empty(passed.Except(known));
    }

    [Fact]
    public async Task Parameters_ThatAzdDoesNotKnowByItself_HaveADefault()
    {
        // azd asks for what has none, and a pipeline cannot answer.
        var without = (await Deployment.TemplateAsync()).GetProperty("parameters").EnumerateObject()
            .Where(parameter => !parameter.Value.TryGetProperty("defaultValue", out _)).Select(parameter => parameter.Name);

        Assert.Equal(["environmentName", "location"], without.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Abbreviations_AreAllUsed()
    {
        var main = Repository.Read(Deployment.Main);

        Assert.All(
            Repository.ReadJson("infra/abbreviations.json").EnumerateObject(),
            entry => Assert.Contains($"abbreviations.{entry.Name}}}", main, StringComparison.Ordinal));
        Assert.All(
            Repository.ReadJson("infra/abbreviations.json").EnumerateObject(),
            entry => Assert.Equal(JsonValueKind.String, entry.Value.ValueKind));
    }

    [GeneratedRegex(@"'(br|ts)[:/]")]
    private static partial Regex RegistryModule();
}
