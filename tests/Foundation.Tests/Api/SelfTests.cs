using System.Net;
using Foundation.Api;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Queues;
using Foundation.Tasks;
using Foundation.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Foundation.Tests.Api;

/// <summary>What a host says of itself.</summary>
public sealed class SelfTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync(f => f.AddAllRooms().AddRoom<SampleRoom>());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Version_TellsFeaturesAndGuarantees()
    {
        var version = (await _host.Client.ReadAsync("/api/version")).Json;
        Assert.Equal(("Foundation", 1), (version.GetProperty("product").GetString(), version.GetProperty("api").GetInt32()));
        Assert.Contains("samples", version.GetProperty("features").EnumerateArray().Select(f => f.GetString()));
        var guarantees = version.GetProperty("guarantees");
        Assert.Equal("100ms", guarantees.GetProperty("watchDelay").GetString());
        Assert.Equal("1m", guarantees.GetProperty("waitMax").GetString());
    }

    [Fact]
    public async Task Version_WithoutARoom_LeavesItsGuaranteesOut()
    {
        await using var bare = await TestHost.StartAsync();
        Assert.Equal(
            """{"watchDelay":"100ms","timerLateness":"1s","waitMax":"1m"}""",
            (await bare.Client.ReadAsync("/api/version")).Json.GetProperty("guarantees").GetRawText());
    }

    [Fact]
    public async Task WhoAmI_OnTheMachine_IsLocal() =>
        Assert.Equal("local", (await _host.Client.ReadAsync("/api/whoami")).Json.GetProperty("keyId").GetString());

    [Fact]
    public async Task Start_IsTextForPeopleWithCurlAndHtmlForBrowsers()
    {
        var text = await _host.Client.ReadAsync("/", ("Accept", "*/*"));
        Assert.Equal("text/plain", text.MediaType);
        Assert.Contains($"curl {_host.Address.ToString().TrimEnd('/')}/api/version", text.Text, StringComparison.Ordinal);
        var html = await _host.Client.ReadAsync("/", ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"));
        Assert.Equal("text/html", html.MediaType);
        Assert.Contains("/api/tasks?wait=10s", html.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Errors_AreTheTableInBothForms()
    {
        var json = (await _host.Client.ReadAsync("/errors")).Json.GetProperty("items");
        var codes = json.EnumerateArray().Select(e => e.GetProperty("code").GetString()!).ToList();
        Assert.Contains("samples.refused", codes);
        Assert.Equal(codes.Order(StringComparer.Ordinal), codes);
        var html = await _host.Client.ReadAsync("/errors", ("Accept", "text/html"));
        Assert.All(codes, code => Assert.Contains($"id=\"{code}\"", html.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ready_WhenTheStoreFails_Is503WithoutNoise()
    {
        var store = new FailingStore(new MemoryStore());
        await using var host = await TestHost.StartAsync(store: store);
        Assert.Equal(HttpStatusCode.OK, (await host.Client.ReadAsync("/health/ready")).Status);
        store.Down = true;
        var answer = await host.Client.ReadAsync("/health/ready");
        Assert.Equal(("api.store-unavailable", 503), (answer.Code, (int)answer.Status));
        Assert.Equal(HttpStatusCode.OK, (await host.Client.ReadAsync("/health/live")).Status);
        Assert.DoesNotContain(host.Logs.Entries, e => e.Category.StartsWith("Foundation.Api", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Metrics_AreValidExposition()
    {
        await _host.Client.ReadAsync("/api/version");
        var answer = await _host.Client.ReadAsync("/metrics");
        Assert.Equal("text/plain", answer.MediaType);
        Assert.Contains("http_server_request_duration_seconds_bucket", answer.Text, StringComparison.Ordinal);
        var types = new HashSet<string>();
        foreach (var line in answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal)) Assert.True(types.Add(line.Split(' ')[2]), $"twice: {line}");
            else Assert.Matches("^(# (HELP|UNIT|EOF).*|[a-zA-Z_:][a-zA-Z0-9_:]*(\\{.*\\})? [-+0-9.eENaInf]+( [0-9.]+)?)$", line);
        }
    }

    [Fact]
    public async Task Docs_LoadNothingFromElsewhere()
    {
        var moved = await _host.Client.ReadAsync("/docs");
        var page = moved.Headers.Location is { } location ? await _host.Client.ReadAsync("/" + location.ToString().TrimStart('/')) : moved;
        Assert.Equal("text/html", page.MediaType);
        Assert.DoesNotContain("://", page.Text, StringComparison.Ordinal);
        Assert.Contains("openapi.json", page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.ReadAsync("/docs/scalar.js")).Status);
    }

    [Fact]
    public async Task ErrorPage_IsApproved()
    {
        await using var product = await TestHost.StartAsync(f => f.AddAllRooms());
        var errors = ErrorEndpoints.Table(product.Services.GetServices<IRoom>());
        Assert.Equal(errors.Count, errors.Select(e => e.Code).Distinct().Count());
        Assert.All(errors, e => Assert.True(e.Status is >= 400 and < 600 && e.Code.Contains('.', StringComparison.Ordinal) && e.Title.Length > 0 && e.Hint.Length > 0, e.Code));
        Approved.Equal("docs/errors.md", ErrorEndpoints.Markdown(errors));
    }
}
