using System.Text;
using System.Text.Json;

namespace Foundation.Infrastructure.Tests.Bicep;

/// <summary>One resource as the compiler predicts it: parameters, loops and conditions worked out, references left.</summary>
internal sealed record PredictedResource(string Type, string Name, string Id, JsonElement Json)
{
    public JsonElement Properties => Json.GetProperty("properties");
}

/// <summary>infra/main.bicep, compiled; and the resources it would make for given parameters.</summary>
internal static class Deployment
{
    public const string Main = "infra/main.bicep";
    public const string Deployer = "11111111-1111-1111-1111-111111111111";

    private static readonly Lazy<Task<CommandResult>> s_build = new(() =>
        BicepCompiler.RunAsync("build", Repository.PathOf(Main), "--stdout"));
    private static readonly Lazy<Task<IReadOnlyList<PredictedResource>>> s_defaults = new(() =>
        PredictAsync($"principalId = '{Deployer}'"));
    private static readonly Lazy<Task<IReadOnlyList<PredictedResource>>> s_everythingSet = new(() => PredictAsync(
        $"principalId = '{Deployer}'",
        "principalType = 'ServicePrincipal'",
        "instanceMemoryMB = 512",
        "alwaysReadyHttp = 1",
        "alwaysReadyDurable = 1",
        "alwaysReadyTasks = 2",
        "defaultQueuePartitions = 3",
        "taskHubName = 'another'",
        "publicUrl = 'https://foundation.example.com'",
        "storageSku = 'Standard_LRS'",
        "dailyQuotaGb = 7",
        "budgetAmount = 200",
        "budgetStartDate = '2026-03-01'",
        "alertEmail = 'operator@example.com'",
        "keyVaultPurgeProtection = true"));
    private static readonly Lazy<Task<IReadOnlyList<PredictedResource>>> s_least = new(() => PredictAsync("budgetAmount = 0"));

    public static Task<CommandResult> BuildAsync()
    {
        BicepCompiler.SkipWhereItDoesNotRun();
        return s_build.Value;
    }

    /// <summary>The compiled ARM template.</summary>
    public static async Task<JsonElement> TemplateAsync() => JsonDocument.Parse((await BuildAsync()).Output).RootElement;

    /// <summary>What a first `azd up` of a person makes, with every default.</summary>
    public static Task<IReadOnlyList<PredictedResource>> DefaultsAsync()
    {
        BicepCompiler.SkipWhereItDoesNotRun();
        return s_defaults.Value;
    }

    /// <summary>What a pipeline makes that sets every parameter to something else than its default.</summary>
    public static Task<IReadOnlyList<PredictedResource>> EverythingSetAsync()
    {
        BicepCompiler.SkipWhereItDoesNotRun();
        return s_everythingSet.Value;
    }

    /// <summary>No budget, and nobody named who deploys.</summary>
    public static Task<IReadOnlyList<PredictedResource>> LeastAsync()
    {
        BicepCompiler.SkipWhereItDoesNotRun();
        return s_least.Value;
    }

    public static IEnumerable<PredictedResource> OfType(this IEnumerable<PredictedResource> resources, string type) =>
        resources.Where(resource => resource.Type == type);

    /// <summary>Each parameter as Bicep writes it: `budgetAmount = 0`. A run costs seconds, so the cases above are shared.</summary>
    private static async Task<IReadOnlyList<PredictedResource>> PredictAsync(params string[] parameters)
    {
        var folder = Directory.CreateTempSubdirectory("foundation-infra-").FullName;
        try
        {
            var file = Path.Combine(folder, "case.bicepparam");
            var text = new StringBuilder($"using '{Path.GetRelativePath(folder, Repository.PathOf(Main))}'\n");
            string[] given = ["environmentName = 'test'", "location = 'westeurope'", "firstOfThisMonth = '2026-11-01'", .. parameters];
            foreach (var parameter in given)
            {
                text.Append("param ").Append(parameter).Append('\n');
            }

            await File.WriteAllTextAsync(file, text.ToString());
            var result = await BicepCompiler.RunAsync(
                "snapshot", file, "--mode", "overwrite", "--location", "westeurope",
                "--tenant-id", "00000000-0000-0000-0000-000000000009", "--subscription-id", "00000000-0000-0000-0000-000000000001");
            Assert.True(result.ExitCode == 0, result.Errors);
            using var snapshot = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "case.snapshot.json")));
            return [.. snapshot.RootElement.GetProperty("predictedResources").EnumerateArray().Select(Predicted)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static PredictedResource Predicted(JsonElement json) => new(
        json.GetProperty("type").GetString()!, json.GetProperty("name").GetString()!, json.GetProperty("id").GetString()!, json.Clone());
}
