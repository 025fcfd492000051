using System.Net;
using Foundation.Api;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Foundation.Tests.Hosting;

/// <summary>
/// A whole host in this process on a free port: the pipeline of production over Kestrel, a store in memory unless another is given, open
/// to this machine without a key (where the security room is added),
/// the rooms that a test names. Fails at its end when an endpoint answered what it does not declare.
/// </summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private readonly ContractWatch _contract;

    private TestHost(WebApplication app, Uri address, LogCollector logs, ContractWatch contract)
    {
        _app = app;
        _contract = contract;
        Address = address;
        Logs = logs;
        Client = CreateClient();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>A client of it that follows no redirect.</summary>
    public HttpClient Client { get; }

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>What was logged at warning or above.</summary>
    public LogCollector Logs { get; }

    /// <summary>Starts a host.</summary>
    /// <param name="rooms">Adds rooms: <c>f => f.AddRegistry()</c>.</param>
    /// <param name="time">The clock of the core; the real one when null. Kestrel keeps real time.</param>
    /// <param name="store">The store; a new one in memory when null.</param>
    /// <param name="profile">What the host promises; the embedded one when null.</param>
    /// <param name="services">Further or other services, applied last.</param>
    public static async Task<TestHost> StartAsync(
        Action<FoundationBuilder>? rooms = null,
        TimeProvider? time = null,
        IStore? store = null,
        HostProfile? profile = null,
        Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        var logs = new LogCollector();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(logs);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.AddSingleton(store ?? new MemoryStore());
        builder.Services.AddSingleton<IBlobs, MemoryBlobs>();
        builder.Services.Configure<SecurityOptions>(options => options.OpenOnLoopback = true);
        var foundation = builder.Services.AddFoundation(profile ?? HostProfile.Embedded);
        rooms?.Invoke(foundation);
        foundation.UseInProcessWorkers();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        var contract = new ContractWatch();
        app.Use(contract.LookAsync);
        app.UseFoundation();
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new TestHost(app, new Uri(address), logs, contract);
    }

    /// <summary>A further client, with its own connections.</summary>
    public HttpClient CreateClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };

    /// <summary>A service.</summary>
    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        Assert.Empty(_contract.Broken);
    }
}
