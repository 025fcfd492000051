using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Registry;
using Foundation.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Foundation.Tests.Registry;

/// <summary>A host with the registry, on fake time.</summary>
internal sealed class RegistryHost : IAsyncDisposable
{
    public const string A1 = "/api/services/agents/instances/a1";

    public const string Push = """{ "endpoint": "http://127.0.0.1:9001/tasks", "capabilities": ["x"] }""";

    // Real time: a busy machine may need it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan MovedMax = TimeSpan.FromSeconds(15);

    private RegistryHost(TestHost host, FakeTimeProvider time) => (Host, Time) = (host, time);

    public TestHost Host { get; }

    public FakeTimeProvider Time { get; }

    public HttpClient Client => Host.Client;

    public IInstanceDirectory Directory => Host.Get<IInstanceDirectory>();

    public static FakeTimeProvider NewTime() => new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    public static async Task<RegistryHost> StartAsync(
        FakeTimeProvider? time = null, IStore? store = null, HostProfile? profile = null, int shards = 1, TimeProvider? wall = null,
        Action<IServiceCollection>? services = null)
    {
        var clock = time ?? NewTime();
        var host = await TestHost.StartAsync(f => f.AddRegistry(), wall ?? clock, store ?? new MemoryStore(shards), profile, services);
        return new RegistryHost(host, clock);
    }

    /// <summary>Registers and answers the token.</summary>
    public async Task<string> RegisterAsync(string path = A1, string body = Push)
    {
        var answer = await Client.SendAsync(HttpMethod.Put, path, body);
        Assert.True((int)answer.Status is 200 or 201, answer.Text);
        return answer.Json.GetProperty("leaseToken").GetString()!;
    }

    public Task<HttpAnswer> BeatAsync(string token, string more = "", string path = A1) =>
        Client.PostAsync(path + "/heartbeat", $$"""{ "leaseToken": "{{token}}"{{more}} }""");

    /// <summary>Moves the clock and waits until the host has seen it: what a timer begins goes on by itself.</summary>
    public async Task AdvanceAsync(TimeSpan by, Func<bool> until, string phase, TimeSpan? step = null)
    {
        Time.Advance(by);
        await UntilAsync(until, phase, step);
    }

    /// <summary>Waits for what the host does by itself, letting fake timers ring.</summary>
    public async Task UntilAsync(Func<bool> until, string phase, TimeSpan? step = null)
    {
        var (started, moved) = (TimeProvider.System.GetTimestamp(), TimeSpan.Zero);
        for (var i = 0; TimeProvider.System.GetElapsedTime(started) < Patience; i++)
        {
            if (until())
            {
                return;
            }

            await Task.Yield();
            if (i % 50 == 49)
            {
                // Bounded, so that a busy machine does not let leases end that a test counts on.
                var by = moved < MovedMax ? step ?? TimeSpan.FromMilliseconds(20) : TimeSpan.Zero;
                moved += by;
                Time.Advance(by);
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        }

        Assert.Fail($"Waited in vain: {phase}");
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
