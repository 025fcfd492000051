using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.WebJobs.Extensions.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Foundation.Functions.Tests.Front;

/// <summary>
/// What stands before a Functions worker: the host's own router (the package that it uses) with the one catch-all route, and its
/// forwarder (YARP, set up as the host sets it up). In front of any base address, so that a black-box suite can run through it.
/// </summary>
internal sealed class WebJobsFront : IAsyncDisposable
{
    private const long HostBodyMax = 104_857_600;

    // What host.json says: no prefix, and the function takes everything.
    private const string RoutePrefix = "";
    private const string Route = "{*path}";

    private readonly WebApplication _app;
    private readonly SocketsHttpHandler _handler;

    private WebJobsFront(WebApplication app, SocketsHttpHandler handler) => (_app, _handler) = (app, handler);

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts one on a free port of this machine.</summary>
    /// <param name="worker">The address that requests are forwarded to.</param>
    public static async Task<WebJobsFront> StartAsync(Uri worker)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = HostBodyMax;
        });
        builder.Services.AddRouting();
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton<WebJobsRouter>();
        var app = builder.Build();
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        var router = app.Services.GetRequiredService<WebJobsRouter>();
        var routes = router.CreateBuilder(new Forwarding(app.Services.GetRequiredService<IHttpForwarder>(), handler, worker), RoutePrefix);
        routes.MapFunctionRoute("api", Route, "api");
        router.AddFunctionRoutes(routes.Build(), null!);
        app.Use(KeepOwnPathsAsync);
        app.UseRouter(router);
        await app.StartAsync();
        return new WebJobsFront(app, handler);
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        _handler.Dispose();
    }

    // The host answers these itself and never forwards them.
    private static Task KeepOwnPathsAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/admin") && !context.Request.Path.StartsWithSegments("/runtime/webhooks"))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private sealed class Forwarding(IHttpForwarder forwarder, SocketsHttpHandler handler, Uri worker) : IWebJobsRouteHandler
    {
        private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromSeconds(240) };
        private readonly HttpMessageInvoker _invoker = new(handler);

        public async Task InvokeAsync(HttpContext context, string functionName)
        {
            context.Request.Headers["x-ms-invocation-id"] = context.TraceIdentifier;
            var error = await forwarder.SendAsync(context, worker.ToString(), _invoker, Config, HttpTransformer.Default);
            if (error != ForwarderError.None && !context.Response.HasStarted)
            {
                // The host fails the invocation, which is a bare 500.
                context.Response.Clear();
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            }
        }
    }
}
