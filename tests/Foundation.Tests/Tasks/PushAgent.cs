using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Foundation.Tests.Tasks;

/// <summary>What reached an agent.</summary>
internal sealed record Delivered(IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Id => Headers["ce-id"];

    public int Attempt => int.Parse(Headers["ce-attempt"], System.Globalization.CultureInfo.InvariantCulture);

    public string Token => Headers["ce-token"];

    public string Type => Headers["ce-type"];
}

/// <summary>A real agent over HTTP whose answer a test decides.</summary>
internal sealed class PushAgent : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PushAgent(WebApplication app, Uri endpoint) => (_app, Endpoint) = (app, endpoint);

    public Uri Endpoint { get; }

    public ConcurrentQueue<Delivered> Deliveries { get; } = new();

    public Func<HttpContext, Delivered, Task> Handler { get; set; } = (http, _) => Json(http, 200, """{"ok":true}""");

    public static async Task<PushAgent> StartAsync(Func<HttpContext, Delivered, Task>? handler = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, port));
        var app = builder.Build();
        PushAgent? agent = null;
        app.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            var delivered = new Delivered(http.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()), body);
            agent!.Deliveries.Enqueue(delivered);
            await agent.Handler(http, delivered);
        });
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        agent = new PushAgent(app, new Uri(address + "/tasks"));
        if (handler is not null)
        {
            agent.Handler = handler;
        }

        return agent;
    }

    public static async Task Json(HttpContext http, int status, string json, params (string Name, string Value)[] headers)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        foreach (var (name, value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        await http.Response.WriteAsync(json);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
    }
}
