using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Security;
using Foundation.Tests.Api;
using Foundation.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Foundation.Tests.Security;

/// <summary>A host with keys, and a room to knock at.</summary>
internal sealed class DoorHost(TestHost host, FakeTimeProvider time) : IAsyncDisposable
{
    public TestHost Host => host;

    public FakeTimeProvider Time => time;

    public HttpClient Client => host.Client;

    public static async Task<DoorHost> StartAsync(Action<SecurityOptions>? configure = null, IStore? store = null, HostProfile? profile = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var host = await TestHost.StartAsync(
            f => f.AddSecurity().AddRoom<SampleRoom>(), time, store ?? new MemoryStore(), profile,
            services => services.Configure<SecurityOptions>(o =>
            {
                o.OpenOnLoopback = true;
                configure?.Invoke(o);
            }));
        return new DoorHost(host, time);
    }

    /// <summary>Makes a key and answers it.</summary>
    public async Task<(string Id, (string, string) Bearer)> CreateAsync(string json, params (string, string)[] headers)
    {
        var answer = await Client.PostAsync("/api/keys", json, headers);
        Xunit.Assert.True((int)answer.Status == 201, answer.Text);
        return (answer.Json.GetProperty("id").GetString()!, Bearer(answer.Json.GetProperty("secret").GetString()!));
    }

    public Task<(string Id, (string, string) Bearer)> CreateAdminAsync(params (string, string)[] headers) =>
        CreateAsync("""{ "name": "root", "roles": ["admin"] }""", headers);

    public static (string, string) Bearer(string secret) => ("Authorization", "Bearer " + secret);

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
