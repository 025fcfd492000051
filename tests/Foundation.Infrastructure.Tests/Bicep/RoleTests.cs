namespace Foundation.Infrastructure.Tests.Bicep;

public sealed class RoleTests
{
    private const string Storage = "Microsoft.Storage/storageAccounts";
    private const string ServiceBus = "Microsoft.ServiceBus/namespaces";
    private const string Vault = "Microsoft.KeyVault/vaults";
    private const string Insights = "Microsoft.Insights/components";

    /// <summary>The built-in roles by their ids, which are the same in every tenant.</summary>
    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal)
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["974c5e8b-45b9-4653-ba55-5f855dd0fb88"] = "Storage Queue Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["090c5cfd-751d-490a-894a-3ce6f1109419"] = "Azure Service Bus Data Owner",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Key Vault Secrets User",
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = "Key Vault Secrets Officer",
    };

    private static readonly Grant[] s_app =
    [
        new(ServiceBus, "Azure Service Bus Data Owner", "ServicePrincipal"),
        new(Vault, "Key Vault Secrets User", "ServicePrincipal"),
        new(Insights, "Monitoring Metrics Publisher", "ServicePrincipal"),
        new(Storage, "Storage Blob Data Owner", "ServicePrincipal"),
        new(Storage, "Storage Queue Data Contributor", "ServicePrincipal"),
        new(Storage, "Storage Table Data Contributor", "ServicePrincipal"),
    ];

    [Fact]
    public async Task Assignments_WhenAPersonDeploys_AreTheAppsAndTwoOfTheirs()
    {
        var grants = await GrantsAsync(Deployment.DefaultsAsync());

        Assert.Equal(Sorted([.. s_app, .. Deployers("User")]), grants);
    }

    [Fact]
    public async Task Assignments_WhenAPipelineDeploys_SayThatItIsAServicePrincipal()
    {
        var grants = await GrantsAsync(Deployment.EverythingSetAsync());

        Assert.Equal(Sorted([.. s_app, .. Deployers("ServicePrincipal")]), grants);
    }

    [Fact]
    public async Task Assignments_WhenNobodyIsNamed_AreTheAppsAlone()
    {
        var grants = await GrantsAsync(Deployment.LeastAsync());

        Assert.Equal(Sorted(s_app), grants);
    }

    [Fact]
    public async Task Names_ContainThePrincipal_SoThatANewIdentityGetsNewAssignments()
    {
        var assignments = (await Deployment.DefaultsAsync()).OfType("Microsoft.Authorization/roleAssignments");

        Assert.All(assignments, assignment =>
        {
            Assert.StartsWith("[guid(", assignment.Name, StringComparison.Ordinal);
            var principal = assignment.Properties.GetProperty("principalId").GetString()!.Trim('[', ']');
            Assert.Contains(principal, assignment.Name, StringComparison.Ordinal);
        });
    }

    private static Grant[] Deployers(string principalType) =>
        [new(Vault, "Key Vault Secrets Officer", principalType), new(Storage, "Storage Blob Data Contributor", principalType)];

    private static async Task<IEnumerable<Grant>> GrantsAsync(Task<IReadOnlyList<PredictedResource>> resources) =>
        Sorted((await resources).OfType("Microsoft.Authorization/roleAssignments").Select(assignment => new Grant(
            new[] { Storage, ServiceBus, Vault, Insights }
                .Single(scope => assignment.Name.Contains($"'{scope}'", StringComparison.Ordinal)),
            s_names[assignment.Properties.GetProperty("roleDefinitionId").GetString()!.Split('/')[^1]],
            assignment.Properties.GetProperty("principalType").GetString()!)));

    private static IEnumerable<Grant> Sorted(IEnumerable<Grant> grants) =>
        grants.OrderBy(grant => grant.Role, StringComparer.Ordinal).ThenBy(grant => grant.PrincipalType, StringComparer.Ordinal);

    private sealed record Grant(string Scope, string Role, string PrincipalType);
}
