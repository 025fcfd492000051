using System.Net;
using Foundation.Tests.Hosting;
using Xunit;
using static Foundation.Tests.Registry.RegistryHost;

namespace Foundation.Tests.Registry;

/// <summary>The one form of a watch, by waiting and as a stream.</summary>
public class WatchTests
{
    private const string A2 = "/api/services/agents/instances/a2";

    [Fact]
    public async Task Watch_AnswersWhatChangedAfterTheCursor()
    {
        await using var host = await RegistryHost.StartAsync();
        var start = await AfterAsync(host, "/api/instances?after=");
        Assert.Empty(start.Items);
        var token = await host.RegisterAsync();
        await host.RegisterAsync(A2);
        await host.BeatAsync(token);

        var first = await AfterAsync(host, $"/api/instances?after={start.After}");
        Assert.Equal(["updated agents/a1", "updated agents/a2"], first.Items);
        await host.BeatAsync(token, """, "status": "draining" """);
        await host.Client.SendAsync(HttpMethod.Delete, A2);
        var second = await AfterAsync(host, $"/api/instances?after={first.After}&wait=30s");
        Assert.Equal(["updated agents/a1", "deleted agents/a2"], second.Items);
    }

    [Fact]
    public async Task Watch_WaitsForTheFirstChange_OrForTheEndOfTheWait()
    {
        await using var host = await RegistryHost.StartAsync();
        var start = await AfterAsync(host, "/api/instances?after=");
        var waiting = AfterAsync(host, $"/api/instances?after={start.After}&wait=30s");
        await host.RegisterAsync();
        Assert.Equal(["updated agents/a1"], (await waiting).Items);

        var after = (await waiting).After;
        var quiet = AfterAsync(host, $"/api/instances?after={after}&wait=10s");
        await host.AdvanceAsync(TimeSpan.FromSeconds(1), () => quiet.IsCompleted, "the wait ends", TimeSpan.FromSeconds(1));
        Assert.Equal(([], after), ((await quiet).Items, (await quiet).After));
    }

    [Fact]
    public async Task Watch_WithAFilter_TellsWhatItHoldsNoLonger()
    {
        await using var host = await RegistryHost.StartAsync();
        var start = await AfterAsync(host, "/api/instances?capability=y&after=");
        var token = await host.RegisterAsync(A1, """{ "capabilities": ["y"] }""");
        var first = await AfterAsync(host, $"/api/instances?capability=y&after={start.After}");
        Assert.Equal(["updated agents/a1"], first.Items);
        await host.Client.SendAsync(HttpMethod.Put, A1, """{ "capabilities": ["z"] }""", ("Foundation-Lease", token));
        Assert.Equal(["deleted agents/a1"], (await AfterAsync(host, $"/api/instances?capability=y&after={first.After}")).Items);
        Assert.Equal(HttpStatusCode.Gone, (await host.Client.ReadAsync($"/api/instances?capability=x&after={first.After}")).Status);
    }

    [Fact]
    public async Task Watch_OfOneInstance_TellsOfNoOther()
    {
        await using var host = await RegistryHost.StartAsync();
        var start = await AfterAsync(host, A1 + "?after=");
        await host.RegisterAsync(A2);
        await host.RegisterAsync();
        Assert.Equal(["updated agents/a1"], (await AfterAsync(host, $"{A1}?after={start.After}&wait=5s")).Items);
    }

    [Fact]
    public async Task Watch_WithAForeignCursor_Is410()
    {
        await using var host = await RegistryHost.StartAsync();
        var gone = await host.Client.ReadAsync("/api/instances?after=abc");
        Assert.Equal((HttpStatusCode.Gone, "api.cursor-expired"), (gone.Status, gone.Code));
        Assert.Equal(["?wait api.invalid-value"], (await host.Client.ReadAsync("/api/instances?after=&wait=61s")).Faults);
    }

    [Fact]
    public async Task Stream_TellsEvents_ResumesByLastEventId_AndShowsThatItLives()
    {
        await using var host = await RegistryHost.StartAsync();
        using var ct = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        ct.CancelAfter(TimeSpan.FromSeconds(30));
        var last = (await AfterAsync(host, "/api/instances?after=")).After;
        using (var stream = await OpenAsync(host, last, ct.Token))
        {
            await host.RegisterAsync(A1, "{ \"capabilities\": [ { \"name\": \"x\", \"parameters\": {\n\"a\":\r\n1 } } ] }");
            var told = await EventAsync(stream, ct.Token);
            Assert.Equal("updated", told.Type);
            Assert.Contains("\"id\":\"agents/a1\"", told.Data, StringComparison.Ordinal);
            last = told.Id;
            var sign = stream.ReadLineAsync(ct.Token).AsTask();
            await host.AdvanceAsync(TimeSpan.FromSeconds(16), () => sign.IsCompleted, "a sign of life");
            Assert.Equal(":", await sign);
        }

        await host.RegisterAsync(A2);
        using var resumed = await OpenAsync(host, last, ct.Token);
        var next = await EventAsync(resumed, ct.Token);
        Assert.Equal("updated", next.Type);
        Assert.Contains("agents/a2", next.Data, StringComparison.Ordinal);
        var end = resumed.ReadToEndAsync(ct.Token);
        await host.AdvanceAsync(TimeSpan.FromSeconds(200), () => end.IsCompleted, "a watch ends after 200 s");
    }

    private static async Task<StreamReader> OpenAsync(RegistryHost host, string lastId, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, "/api/instances");
        request.Headers.Add("Accept", "text/event-stream");
        request.Headers.Add("Last-Event-ID", lastId);
        var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var reader = new StreamReader(await response.Content.ReadAsStreamAsync(ct));
        Assert.Equal("retry: 1000", await reader.ReadLineAsync(ct));
        Assert.Equal("", await reader.ReadLineAsync(ct));
        return reader;
    }

    private static async Task<(string Id, string Type, string Data)> EventAsync(StreamReader stream, CancellationToken ct)
    {
        var fields = new Dictionary<string, string>();
        while (await stream.ReadLineAsync(ct) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            fields[line[..colon]] = line[(colon + 2)..];
        }

        return (fields["id"], fields["event"], fields["data"]);
    }

    private static async Task<(string[] Items, string After)> AfterAsync(RegistryHost host, string path)
    {
        var answer = await host.Client.ReadAsync(path);
        Assert.True(answer.Status == HttpStatusCode.OK, answer.Text);
        var items = answer.Json.GetProperty("items").EnumerateArray().Select(i => $"{i.GetProperty("type").GetString()} {i.GetProperty("id").GetString()}");
        return ([.. items], answer.Json.GetProperty("after").GetString()!);
    }
}
