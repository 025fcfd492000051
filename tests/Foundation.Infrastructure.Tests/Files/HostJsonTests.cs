using System.Globalization;
using System.Text.Json;

namespace Foundation.Infrastructure.Tests.Files;

public sealed class HostJsonTests
{
    private static readonly JsonElement s_host = Repository.ReadJson("host.json");

    private static JsonElement ServiceBus => s_host.GetProperty("extensions").GetProperty("serviceBus");

    private static JsonElement Durable => s_host.GetProperty("extensions").GetProperty("durableTask");

    [Fact]
    public void Host_OwnsTheRootOfTheAddressAndSpeaksOpenTelemetry()
    {
        Assert.Equal("2.0", s_host.GetProperty("version").GetString());
        Assert.Equal("OpenTelemetry", s_host.GetProperty("telemetryMode").GetString());
        Assert.Equal("", s_host.GetProperty("extensions").GetProperty("http").GetProperty("routePrefix").GetString());
        // A compiled app brings its extensions; the host refuses a bundle beside them.
        Assert.False(s_host.TryGetProperty("extensionBundle", out _));
    }

    [Fact]
    public void ServiceBus_LeavesSettlementToTheCodeAndRenewsLocks()
    {
        Assert.False(ServiceBus.GetProperty("autoCompleteMessages").GetBoolean());
        Assert.Equal(0, ServiceBus.GetProperty("prefetchCount").GetInt32());
        Assert.Equal(TimeSpan.FromMinutes(5), Duration(ServiceBus, "maxAutoLockRenewalDuration"));
        Assert.InRange(ServiceBus.GetProperty("maxConcurrentCalls").GetInt32(), 8, 64);
    }

    [Fact]
    public void Invocations_EndBeforeTheirLocksAreNoLongerRenewed() =>
        Assert.True(Duration(s_host, "functionTimeout") <= Duration(ServiceBus, "maxAutoLockRenewalDuration"));

    [Fact]
    public void Durable_HoldsWhatCannotBeChangedAfterTheFirstDeployment()
    {
        Assert.Equal("%TASKHUB_NAME%", Durable.GetProperty("hubName").GetString());
        Assert.Equal(4, Durable.GetProperty("storageProvider").GetProperty("partitionCount").GetInt32());
        Assert.Equal("1.0", Durable.GetProperty("defaultVersion").GetString());
    }

    [Fact]
    public void Durable_PollsOftenEnoughBatchesEntitiesAndStopsInPeace()
    {
        Assert.True(Duration(Durable.GetProperty("storageProvider"), "maxQueuePollingInterval") <= TimeSpan.FromSeconds(10));
        Assert.Equal(64, Durable.GetProperty("maxEntityOperationBatchSize").GetInt32());
        Assert.True(Durable.GetProperty("useGracefulShutdown").GetBoolean());
        Assert.Equal("V2", Durable.GetProperty("tracing").GetProperty("version").GetString());
        Assert.False(Durable.GetProperty("tracing").GetProperty("traceInputsAndOutputs").GetBoolean());
    }

    [Theory]
    [InlineData("DurableTask.AzureStorage")]
    [InlineData("DurableTask.Core")]
    public void Durable_IsQuietInTheLogs(string category) =>
        Assert.Equal("Warning", s_host.GetProperty("logging").GetProperty("logLevel").GetProperty(category).GetString());

    private static TimeSpan Duration(JsonElement element, string name) =>
        TimeSpan.Parse(element.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
