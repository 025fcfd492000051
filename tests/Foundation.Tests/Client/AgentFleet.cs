extern alias client;

using client::Foundation.Client;
using Foundation.Tests.Hosting;
using Foundation.Tests.Tasks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Foundation.Tests.Client;

/// <summary>A host, a client of it, and agents that are quiet and known by name.</summary>
internal sealed class AgentFleet : IAsyncDisposable
{
    private AgentFleet(Fleet fleet) => (Fleet, Client) = (fleet, new FoundationClient(fleet.Host.Address.AbsoluteUri));

    public Fleet Fleet { get; }

    public FoundationClient Client { get; }

    public TestHost Host => Fleet.Host;

    public static async Task<AgentFleet> StartAsync(Action<IServiceCollection>? services = null) => new(await Fleet.StartAsync(services: services));

    public Task<FoundationAgent> AgentAsync(Action<FoundationAgentBuilder> configure, string instance = "a1") =>
        FoundationAgent.StartAsync(Host.Address.AbsoluteUri, "svc", a =>
        {
            a.Instance = instance;
            a.Loggers = NullLoggerFactory.Instance;
            configure(a);
        });

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Fleet.DisposeAsync();
    }
}
