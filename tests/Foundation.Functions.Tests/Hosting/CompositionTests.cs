using Azure.Core;
using Azure.Messaging.ServiceBus;
using Azure.Monitor.OpenTelemetry.Exporter;
using Foundation.Functions.Hosting;
using Foundation.Functions.ServiceBus;
using Foundation.Functions.Tests.Fakes;
using Foundation.Protocols;
using Foundation.Security;
using Foundation.Tasks.Delivery;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Xunit;

namespace Foundation.Functions.Tests.Hosting;

public sealed class CompositionTests
{
    [Fact]
    public async Task App_IsComposedBySettings_WithoutTouchingAzure()
    {
        await using var services = Compose(("FOUNDATION_DEFAULT_QUEUE_PARTITIONS", "3"), ("FOUNDATION_PUBLIC_URL", "https://foundation.example.com"));

        Assert.IsType<WatchedStore>(services.GetRequiredService<IStore>());
        var profile = services.GetRequiredService<HostProfile>();
        Assert.Equal((3, true, false), (profile.DefaultQueuePartitions, profile.LoadsAtFirstUse, profile.SingleProcess));
        Assert.Equal(new Uri("https://foundation.example.com"), services.GetRequiredService<PublicAddress>().Url);
        Assert.Null(services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits.MaxRequestBodySize);
        Assert.Equal(["keys", "registry"], services.GetServices<IRoom>().Select(r => r.Info.Name).Intersect(["keys", "registry"]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("FOUNDATION_DEFAULT_QUEUE_PARTITIONS", "17")]
    [InlineData("FOUNDATION_DEFAULT_QUEUE_PARTITIONS", "many")]
    [InlineData("FOUNDATION_PUBLIC_URL", "foundation")]
    public void Setting_ThatCannotBe_StopsTheStart_AndIsNamed(string name, string value)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Compose((name, value)));
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doors_AreOpenOnADevelopersMachineOnly()
    {
        await using var production = Compose();
        await using var development = Compose(Environments.Development);

        Assert.False(Security(production).OpenOnLoopback);
        Assert.True(Security(development).OpenOnLoopback);
        Assert.NotNull(Security(production).FindBootstrapKey);
        Assert.Null(await Security(development).FindBootstrapKey!(TestContext.Current.CancellationToken));

        static SecurityOptions Security(IServiceProvider services) => services.GetRequiredService<IOptions<SecurityOptions>>().Value;
    }

    [Fact]
    public async Task AzureMonitor_IsReachedByTheAppsIdentity()
    {
        const string connection = "InstrumentationKey=00000000-0000-0000-0000-000000000000;IngestionEndpoint=https://127.0.0.1:1/";
        var services = Services(Environments.Production);
        services.AddAzureMonitor(connection);
        await using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<AzureMonitorExporterOptions>>().CurrentValue;
        Assert.Equal(connection, options.ConnectionString);
        Assert.Same(provider.GetRequiredService<TokenCredential>(), options.Credential);
    }

    [Fact]
    public async Task Meters_OfFoundation_ReachWhateverExporterIsThere()
    {
        var collector = new Collector();
        await using var shell = await Shell.StartAsync(
            s => s.AddOpenTelemetry().WithMetrics(m => m.AddReader(new BaseExportingMetricReader(collector))));
        using var meters = shell.Get<MeterProvider>();

        shell.Get<ServiceBusInstruments>().Settled("tasks-normal", "completed");
        meters.ForceFlush();

        Assert.Contains("foundation.messages.settled", collector.Names);
    }

    private static ServiceProvider Compose(params (string Name, string Value)[] settings) => Compose(Environments.Production, settings);

    private static ServiceProvider Compose(string environment, params (string Name, string Value)[] settings) =>
        Services(environment, settings).BuildServiceProvider();

    private static ServiceCollection Services(string environment, params (string Name, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["FOUNDATION_TABLES_URI"] = "http://127.0.0.1:10002/devstoreaccount1",
            ["FOUNDATION_BLOBS_URI"] = "http://127.0.0.1:10000/devstoreaccount1",
        }).AddInMemoryCollection(settings.Select(s => KeyValuePair.Create<string, string?>(s.Name, s.Value))).Build();
        var services = new ServiceCollection();
        services.AddFunctionsApp(configuration, new HostingEnvironment { EnvironmentName = environment });
        services.AddSingleton<ServiceBusClient>(new FakeServiceBus());
        return services;
    }

    private sealed class Collector : BaseExporter<Metric>
    {
        public HashSet<string> Names { get; } = [];

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                Names.Add(metric.Name);
            }

            return ExportResult.Success;
        }
    }
}
