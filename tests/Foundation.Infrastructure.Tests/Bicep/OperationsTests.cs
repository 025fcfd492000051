using System.Text.Json;

namespace Foundation.Infrastructure.Tests.Bicep;

/// <summary>Who is told of what, and what it may cost.</summary>
public sealed class OperationsTests
{
    [Fact]
    public async Task MetricAlerts_WatchDeadLettersTheirOwnDeadLettersAndThrottling()
    {
        var alerts = (await Deployment.DefaultsAsync()).OfType("Microsoft.Insights/metricAlerts")
            .ToDictionary(
                alert => alert.Name, alert => alert.Properties.GetProperty("criteria").GetProperty("allOf")[0], StringComparer.Ordinal);

        Assert.Equal(3, alerts.Count);
        Assert.Equal(("ActiveMessages", "dead-letters"), Watched(alerts["foundation-dead-letters-depth"]));
        Assert.Equal(("DeadletteredMessages", "dead-letters"), Watched(alerts["foundation-dead-letters-own-dead-letters"]));
        Assert.Equal(("ThrottledRequests", "the namespace"), Watched(alerts["foundation-service-bus-throttled"]));
    }

    [Theory]
    [InlineData("foundation-server-errors", "AppRequests", "GreaterThan")]
    [InlineData("foundation-oldest-task", "foundation.queue.age", "GreaterThan")]
    [InlineData("foundation-maintenance-silent", "maintenance", "LessThan")]
    public async Task QueryAlerts_LookAtWhatTheyAreNamedAfter(string name, string text, string comparison)
    {
        var rules = (await Deployment.DefaultsAsync()).OfType("Microsoft.Insights/scheduledQueryRules");
        var alert = Assert.Single(rules, rule => rule.Name == name);
        var criterion = alert.Properties.GetProperty("criteria").GetProperty("allOf")[0];

        Assert.Contains(text, criterion.GetProperty("query").GetString(), StringComparison.Ordinal);
        Assert.Equal(comparison, criterion.GetProperty("operator").GetString());
        Assert.Equal("PT5M", alert.Properties.GetProperty("windowSize").GetString());
    }

    [Fact]
    public async Task Alerts_AllReachTheActionGroup_AndItWritesToWhoeverIsNamed()
    {
        var resources = await Deployment.EverythingSetAsync();
        var group = Assert.Single(resources.OfType("Microsoft.Insights/actionGroups"));
        var alerts = resources.OfType("Microsoft.Insights/metricAlerts").Concat(resources.OfType("Microsoft.Insights/scheduledQueryRules"));

        Assert.Equal("operator@example.com", group.Properties.GetProperty("emailReceivers")[0].GetProperty("emailAddress").GetString());
        Assert.All(alerts, alert =>
        {
            Assert.True(alert.Properties.GetProperty("enabled").GetBoolean());
            Assert.Contains(group.Id, alert.Properties.GetProperty("actions").GetRawText(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Telemetry_HasADailyQuotaAndTheShortRetentionThatIsIncluded()
    {
        var workspace = Assert.Single((await Deployment.DefaultsAsync()).OfType("Microsoft.OperationalInsights/workspaces")).Properties;

        Assert.Equal(1, workspace.GetProperty("workspaceCapping").GetProperty("dailyQuotaGb").GetInt32());
        Assert.Equal(30, workspace.GetProperty("retentionInDays").GetInt32());
    }

    [Fact]
    public async Task Diagnostics_OfAppServiceBusAndVault_GoToTheWorkspace_AndStorageIsLeftOut()
    {
        var settings = (await Deployment.DefaultsAsync()).OfType("Microsoft.Insights/diagnosticSettings").ToList();

        Assert.Equal(
            ["AuditEvent", "FunctionAppLogs", "OperationalLogs"],
            settings.SelectMany(setting => setting.Properties.GetProperty("logs").EnumerateArray())
                .Select(log => log.GetProperty("category").GetString()).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(settings, setting => setting.Id.Contains("Microsoft.Storage", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Budget_StartsThisMonth_KeepsItsFirstMonth_AndCanBeLeftOut()
    {
        var first = Budgets(await Deployment.DefaultsAsync());
        var later = Budgets(await Deployment.EverythingSetAsync());
        var none = Budgets(await Deployment.LeastAsync());

        Assert.Equal(("2026-11-01", 50), Assert.Single(first));
        Assert.Equal(("2026-03-01", 200), Assert.Single(later));
        Assert.Empty(none);
    }

    private static (string? Metric, string? Entity) Watched(JsonElement criterion) => (
        criterion.GetProperty("metricName").GetString(),
        criterion.GetProperty("dimensions").GetArrayLength() == 0
            ? "the namespace"
            : criterion.GetProperty("dimensions")[0].GetProperty("values")[0].GetString());

    private static List<(string? Start, int Amount)> Budgets(IReadOnlyList<PredictedResource> resources) =>
    [
        .. resources.OfType("Microsoft.Consumption/budgets").Select(budget => (
            budget.Properties.GetProperty("timePeriod").GetProperty("startDate").GetString(),
            budget.Properties.GetProperty("amount").GetInt32())),
    ];
}
