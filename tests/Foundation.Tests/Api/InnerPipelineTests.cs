using System.Net;
using Foundation.Api;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Foundation.Tests.Api;

/// <summary>The pipeline behind one catch-all endpoint of another host, as the Functions app runs it.</summary>
public sealed class InnerPipelineTests : IAsyncLifetime
{
    private readonly WebApplication _app;
    private HttpClient _client = null!;

    public InnerPipelineTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<IStore>(new MemoryStore(16));
        builder.Services.AddSingleton<IBlobs, MemoryBlobs>();
        builder.Services.AddFoundation(HostProfile.Azure).AddRoom<SampleRoom>().UseInProcessWorkers();
        _app = builder.Build();
        var inner = FoundationPipeline.BuildFoundation(_app.Services);
        _app.Map("{*path}", (HttpContext context) => inner(context));
    }

    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync(TestContext.Current.CancellationToken);
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(address) };
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("GET", "/", 200)]
    [InlineData("GET", "/api/version", 200)]
    [InlineData("GET", "/api/samples/a", 200)]
    [InlineData("GET", "/api/samples/a%2Fb", 200)]
    [InlineData("DELETE", "/api/samples/a", 405)]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("GET", "/api/samples/a/bug/fail", 500)]
    [InlineData("GET", "/openapi.json", 200)]
    [InlineData("GET", "/docs/", 200)]
    [InlineData("GET", "/metrics", 200)]
    public async Task Request_ThroughTheCatchAll_IsAnsweredByTheInnerPipeline(string method, string path, int status)
    {
        var answer = await _client.SendAsync(new HttpMethod(method), path);
        Assert.Equal(status, (int)answer.Status);
        if (status >= 400) Assert.Equal("application/problem+json", answer.MediaType);
    }

    [Fact]
    public async Task Document_HoldsTheInnerOperationsOnly()
    {
        var paths = (await _client.ReadAsync("/openapi.json")).Json.GetProperty("paths");
        Assert.True(paths.TryGetProperty("/api/samples/{name}", out _));
        Assert.All(paths.EnumerateObject(), path => Assert.DoesNotContain("{*path}", path.Name, StringComparison.Ordinal));
    }
}
