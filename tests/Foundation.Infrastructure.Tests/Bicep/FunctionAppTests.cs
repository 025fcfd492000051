using System.Text.RegularExpressions;

namespace Foundation.Infrastructure.Tests.Bicep;

public sealed partial class FunctionAppTests
{
    [Fact]
    public async Task App_RunsOnFlexConsumptionWithDotNet10()
    {
        var resources = await Deployment.DefaultsAsync();
        var plan = Assert.Single(resources.OfType("Microsoft.Web/serverfarms")).Json;
        var config = Assert.Single(resources.OfType("Microsoft.Web/sites")).Properties.GetProperty("functionAppConfig");

        Assert.Equal("FC1", plan.GetProperty("sku").GetProperty("name").GetString());
        Assert.True(plan.GetProperty("properties").GetProperty("reserved").GetBoolean());
        Assert.Equal("dotnet-isolated", config.GetProperty("runtime").GetProperty("name").GetString());
        Assert.Equal("10.0", config.GetProperty("runtime").GetProperty("version").GetString());
        var storage = config.GetProperty("deployment").GetProperty("storage");
        Assert.Equal("blobContainer", storage.GetProperty("type").GetString());
        Assert.Equal("UserAssignedIdentity", storage.GetProperty("authentication").GetProperty("type").GetString());
    }

    [Fact]
    public async Task App_IsFoundByAzd()
    {
        var tags = Assert.Single((await Deployment.DefaultsAsync()).OfType("Microsoft.Web/sites")).Json.GetProperty("tags");

        Assert.Equal("foundation", tags.GetProperty("azd-service-name").GetString());
        Assert.Equal("test", tags.GetProperty("azd-env-name").GetString());
    }

    [Fact]
    public async Task Instances_ByDefault_AreOfTwoGigabytesAndSleep()
    {
        var scale = Scale(await Deployment.DefaultsAsync());

        Assert.Equal(2048, scale.GetProperty("instanceMemoryMB").GetInt32());
        Assert.Equal(0, scale.GetProperty("alwaysReady").GetArrayLength());
    }

    [Fact]
    public async Task Instances_WhenAskedFor_AreSmallAndWarm()
    {
        var scale = Scale(await Deployment.EverythingSetAsync());

        Assert.Equal(512, scale.GetProperty("instanceMemoryMB").GetInt32());
        Assert.Equal(
            ["durable=1", "function:tasks-high=2", "function:tasks-low=2", "function:tasks-normal=2", "http=1"],
            scale.GetProperty("alwaysReady").EnumerateArray()
                .Select(group => $"{group.GetProperty("name").GetString()}={group.GetProperty("instanceCount").GetInt32()}")
                .Order(StringComparer.Ordinal));
    }

    [Fact]
    public void FunctionsThatTheTemplateNames_ExistInTheApp()
    {
        Repository.SkipWithoutFunctionsApp();
        var declared = Repository.Sources("functions/Foundation.Functions")
            .SelectMany(source => FunctionName().Matches(source).Select(match => match.Groups[1].Value)).ToList();
        var named = WarmFunction().Matches(Repository.Read("bicep/functionapp.bicep"))
            .Select(match => match.Groups[1].Value).Append("maintenance");

        Assert.Empty(named.Except(declared));
    }

    private static System.Text.Json.JsonElement Scale(IReadOnlyList<PredictedResource> resources) =>
        Assert.Single(resources.OfType("Microsoft.Web/sites")).Properties
        .GetProperty("functionAppConfig").GetProperty("scaleAndConcurrency");

    [GeneratedRegex(@"\[Function\(""([^""]+)""\)\]")]
    private static partial Regex FunctionName();

    [GeneratedRegex("'function:([^']+)'")]
    private static partial Regex WarmFunction();
}
