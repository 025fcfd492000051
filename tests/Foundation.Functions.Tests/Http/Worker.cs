using System.Net;
using Foundation.Azure;
using Foundation.Functions.Hosting;
using Foundation.Functions.Http;
using Foundation.Functions.Tests.Fakes;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Foundation.Functions.Tests.Http;

/// <summary>
/// The worker's half of HTTP: Kestrel that routes everything to the function <c>api</c>, as the worker's integration does, with an
/// endpoint and route values of its own.
/// </summary>
internal sealed class Worker : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<Exception> _escaped;

    private Worker(WebApplication app, List<Exception> escaped) => (_app, _escaped) = (app, escaped);

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public HttpProbeRoom Room => _app.Services.GetRequiredService<HttpProbeRoom>();

    public FakeLogCollector Logs => _app.Services.GetRequiredService<FakeLogCollector>();

    /// <summary>What left the function: each would be a failed invocation and an empty answer.</summary>
    public IReadOnlyList<Exception> Escaped => _escaped;

    public static async Task<Worker> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddFakeLogging().SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var services = builder.Services;
        var store = new MemoryStore(2);
        services.AddFoundation(HostProfile.Azure with { LoadsAtFirstUse = true }).AddSecurity(o => o.OpenOnLoopback = true).AddRoom<HttpProbeRoom>();
        services.AddSingleton<IBlobs, MemoryBlobs>();
        services.AddSingleton(new TableCatalog());
        services.AddSingleton<WakeUpCodec>();
        services.AddSingleton<global::Azure.Messaging.ServiceBus.ServiceBusClient>(new FakeServiceBus());
        services.AddFunctionsShell(_ => store);
        var app = builder.Build();
        var escaped = new List<Exception>();
        app.UseRouting();
        app.Map("{*path}", (RequestDelegate)(context => InvokeAsync(context, escaped)));
        await app.StartAsync();
        return new Worker(app, escaped);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }

    private static async Task InvokeAsync(HttpContext context, List<Exception> escaped)
    {
        try
        {
            await ActivatorUtilities.CreateInstance<HttpFunctions>(context.RequestServices).RunAsync(context.Request, new FakeDurableClient());
        }
        catch (Exception e)
        {
            escaped.Add(e);
            throw;
        }
    }
}
