using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Foundation.Infrastructure.Tests.Files;

public sealed partial class DeveloperFilesTests
{
    [Theory]
    [InlineData(".vscode/extensions.json")]
    [InlineData(".vscode/launch.json")]
    [InlineData(".vscode/tasks.json")]
    [InlineData(".devcontainer/devcontainer.json")]
    [InlineData("bicepconfig.json")]
    public void Json_Parses(string file) => Assert.NotEmpty(Repository.ReadJson(file).EnumerateObject());

    [Fact]
    public void LaunchSettings_AndEverythingAroundThem_UseOnePort()
    {
        var profile = Assert.Single(
            Repository.ReadJson("functions/Foundation.Functions/Properties/launchSettings.json").GetProperty("profiles").EnumerateObject());

        Assert.Equal("--port 7071", profile.Value.GetProperty("commandLineArgs").GetString());
        Assert.Equal(
            "http://127.0.0.1:7071",
            Repository.ReadJson("local.settings.example.json").GetProperty("Values").GetProperty("FOUNDATION_PUBLIC_URL").GetString());
    }

    [Fact]
    public void Launch_NamesTasksThatExist()
    {
        var tasks = Repository.ReadJson(".vscode/tasks.json").GetProperty("tasks").EnumerateArray()
            .Select(task => task.GetProperty("label").GetString()).ToList();
        var named = Repository.ReadJson(".vscode/tasks.json").GetProperty("tasks").EnumerateArray()
            .Where(task => task.TryGetProperty("dependsOn", out _)).Select(task => task.GetProperty("dependsOn").GetString());

        Assert.Empty(named.Except(tasks));
    }

    [Fact]
    public void Ci_RunsTheOneScript()
    {
        var job = YamlFiles.Read(".github/workflows/ci.yml").Node("jobs/test");

        Assert.Contains(Steps(job), step => step.Contains("bash .ci/run", StringComparison.Ordinal));
    }

    [Fact]
    public void AzureWorkflow_ProvesBeforeItDeploys_AndDeploysOnlyByHand()
    {
        var workflow = YamlFiles.Read(".github/workflows/azure-dev.yml");
        var deploy = workflow.Node("jobs/deploy");

        Assert.Equal("proof", deploy.Text("needs"));
        Assert.Contains("workflow_dispatch", deploy.Text("if"), StringComparison.Ordinal);
        Assert.Equal("write", deploy.Text("permissions/id-token"));
        Assert.Equal(["contents"], workflow.Keys("permissions"));
    }

    [Theory]
    [InlineData(".github/workflows/azure-dev.yml")]
    [InlineData(".github/workflows/ci.yml")]
    public void Workflow_NamesOnlyFilesThatExist(string file)
    {
        var files = RepositoryFile().Matches(Repository.Read(file)).Select(match => match.Value).Distinct(StringComparer.Ordinal);

        Assert.All(files, named => Assert.True(Path.Exists(Repository.PathOf(named)), $"{file} names {named}."));
    }

    [Fact]
    public void Walk_KnowsEveryRequestWhoseAnswerItUses()
    {
        var walk = Repository.Read("foundation.http");
        var named = NamedRequest().Matches(walk).Select(match => match.Groups[1].Value).ToList();
        var used = UsedAnswer().Matches(walk).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal);

        Assert.Empty(used.Except(named));
        Assert.Equal(named.Count, named.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void AzurePage_NamesEverySettingOfADeploymentAndEveryAlert()
    {
        var page = Repository.Read("docs/azure.md");
        var settings = Variable().Matches(Repository.Read("infra/main.parameters.json")).Select(match => match.Groups[1].Value)
            .Where(name => !name.StartsWith("AZURE_", StringComparison.Ordinal))
            // The three are one row of the table.
            .Select(name => name.EndsWith("_HTTP", StringComparison.Ordinal)
                ? name
                : name.Replace("FOUNDATION_ALWAYS_READY", "", StringComparison.Ordinal));
        var alerts = AlertName().Matches(Repository.Read("bicep/alerts.bicep")).Select(match => match.Groups[1].Value);

        Assert.All(settings, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
        Assert.All(alerts, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Steps(YamlNode job) =>
        ((YamlSequenceNode)job.Node("steps")).Children.OfType<YamlMappingNode>()
        .Where(step => step.Children.ContainsKey(new YamlScalarNode("run"))).Select(step => step.Text("run"));

    [GeneratedRegex(@"(?<![\w/$])(infra|local\.settings)[\w./-]*\.(sh|yaml|json)(?<!local\.settings\.json)")]
    private static partial Regex RepositoryFile();

    [GeneratedRegex(@"^# @name (\w+)\r?$", RegexOptions.Multiline)]
    private static partial Regex NamedRequest();

    [GeneratedRegex(@"\$\{(\w+)\}")]
    private static partial Regex Variable();

    [GeneratedRegex("name: '(foundation-[^']+)'")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"\{\{(\w+)\.response\.")]
    private static partial Regex UsedAnswer();
}
