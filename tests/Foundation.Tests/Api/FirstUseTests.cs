using System.Net;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Foundation.Tests.Api;

public sealed class FirstUseTests
{
    private static readonly HostProfile Cold = HostProfile.Azure with { LoadsAtFirstUse = true };

    [Fact]
    public async Task Start_WhenTheStoreIsAway_SucceedsAndTheFirstRequestAfterItsReturnLoads()
    {
        var store = new FailingStore(new MemoryStore()) { Down = true };
        await using var host = await TestHost.StartAsync(f => f.AddRoom<SampleRoom>(), store: store, profile: Cold, services: WithoutWorkers);

        Assert.Equal(HttpStatusCode.OK, (await host.Client.ReadAsync("/health/live")).Status);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "api.store-unavailable"), await StatusAsync("/health/ready"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "api.store-unavailable"), await StatusAsync("/api/samples/a"));

        store.Down = false;
        Assert.Equal(HttpStatusCode.OK, (await host.Client.ReadAsync("/api/samples/a")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.ReadAsync("/health/ready")).Status);

        async Task<(HttpStatusCode, string?)> StatusAsync(string path)
        {
            var answer = await host.Client.ReadAsync(path);
            return (answer.Status, answer.Code);
        }
    }

    [Fact]
    public async Task EnsureLoaded_ManyAtOnce_ReadsOnce()
    {
        var store = new FailingStore(new MemoryStore()) { Down = true };
        await using var host = await TestHost.StartAsync(store: store, profile: Cold, services: WithoutWorkers);
        store.Down = false;

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.Get<FoundationHost>().EnsureLoadedAsync(TestContext.Current.CancellationToken).AsTask()));

        var rows = await store.ListAsync(
            new Shard(Workers.DeploymentIdentity.Table.Space, 0), new KeyRange(Workers.DeploymentIdentity.Table), new Listing(10), TestContext.Current.CancellationToken);
        Assert.Single(rows.Items);
    }

    // A host that is started cold has no workers of its own: its platform brings the wake-ups.
    private static void WithoutWorkers(IServiceCollection services) =>
        services.Remove(services.Single(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType == typeof(Workers.InProcessWorkers)));
}
