using System.Net;
using System.Runtime.CompilerServices;
using Foundation.Api;
using Foundation.Protocols;
using Foundation.Security;
using Foundation.Tests.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Foundation.Tests.Api;

public sealed class WatchTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeSource _source = new();
    private TestHost _host = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync(
        f => f.AddRoom<WatchedRoom>(), _time, services: services => services.AddSingleton(_source));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Poll_AnswersWhatIsThereAtOnce_AndResumesWithoutAGap()
    {
        _source.Add(WatchKind.Updated, "a", new Sample("a", 1));
        _source.Add(WatchKind.Deleted, "b");
        var first = await PollAsync("");
        Assert.Equal(
            """[{"type":"updated","id":"a","resource":{"name":"a","size":1}},{"type":"deleted","id":"b"}]""", first.Json.GetProperty("items").GetRawText());
        _source.Add(WatchKind.Updated, "c", new Sample("c", 3));
        var second = await PollAsync(After(first));
        Assert.Equal("""[{"type":"updated","id":"c","resource":{"name":"c","size":3}}]""", second.Json.GetProperty("items").GetRawText());
    }

    [Fact]
    public async Task Poll_WhenNothingHappens_EndsAfterTheWaitWithACursor()
    {
        var poll = PollAsync("", "30s");
        await _source.WaitingAsync(1);
        _time.Advance(TimeSpan.FromSeconds(30));
        var quiet = await poll;
        Assert.Equal("[]", quiet.Json.GetProperty("items").GetRawText());
        _source.Add(WatchKind.Updated, "a", new Sample("a", 1));
        Assert.Equal(1, (await PollAsync(After(quiet))).Json.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Poll_WhenSomethingHappens_AnswersThen()
    {
        var poll = PollAsync("", "30s");
        await _source.WaitingAsync(1);
        _source.Add(WatchKind.Updated, "a", new Sample("a", 1));
        Assert.Equal(1, (await poll).Json.GetProperty("items").GetArrayLength());
        await _source.WaitingAsync(0);
    }

    [Fact]
    public async Task Poll_WhenSomethingWasMissedOrTheCursorIsForeign_Is410()
    {
        _source.Add(WatchKind.Resync);
        Assert.Equal("api.cursor-expired", (await PollAsync("")).Code);
        Assert.Equal("api.cursor-expired", (await PollAsync("made-up")).Code);
    }

    [Fact]
    public async Task Stream_SendsEventsCommentsAndEnds()
    {
        var reader = await StreamAsync(null);
        Assert.Equal("retry: 1000", await reader.ReadLineAsync(Ct));
        Assert.Equal("", await reader.ReadLineAsync(Ct));
        _source.Add(WatchKind.Updated, "a", new Sample("a", 1));
        var (id, kind, data) = await EventAsync(reader);
        Assert.Equal(("updated", """{"type":"updated","id":"a","resource":{"name":"a","size":1}}"""), (kind, data));
        await _source.WaitingAsync(1);
        await AdvanceUntilAsync(TimeSpan.FromSeconds(15), reader, ":");
        _source.Add(WatchKind.Resync);
        Assert.Equal("resync", (await EventAsync(reader)).Kind);
        await _source.WaitingAsync(1);
        _time.Advance(TimeSpan.FromSeconds(200));
        while (await reader.ReadLineAsync(Ct) is not null)
        {
            // Comments until the end.
        }

        await _source.WaitingAsync(0);
        _source.Add(WatchKind.Deleted, "a");
        var resumed = await StreamAsync(id);
        await resumed.ReadLineAsync(Ct);
        await resumed.ReadLineAsync(Ct);
        Assert.Equal("resync", (await EventAsync(resumed)).Kind);
        Assert.Equal("deleted", (await EventAsync(resumed)).Kind);
    }

    [Fact]
    public async Task Stream_WhenTheClientLeaves_EndsTheSourceInSilence()
    {
        var client = _host.CreateClient();
        var reader = await StreamAsync(null, client);
        await reader.ReadLineAsync(Ct);
        await _source.WaitingAsync(1);
        reader.Dispose();
        client.Dispose();
        await _source.WaitingAsync(0);
        Assert.Empty(_host.Logs.Entries);
    }

    private static string After(HttpAnswer answer) => answer.Json.GetProperty("after").GetString()!;

    private Task<HttpAnswer> PollAsync(string after, string wait = "0s") => _host.Client.ReadAsync($"/api/watched?after={after}&wait={wait}");

    private async Task<StreamReader> StreamAsync(string? lastEventId, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/watched");
        request.Headers.Accept.ParseAdd("text/event-stream");
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        var response = await (client ?? _host.Client).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        return new StreamReader(await response.Content.ReadAsStreamAsync(Ct));
    }

    private static async Task<(string? Id, string? Kind, string? Data)> EventAsync(StreamReader reader)
    {
        var line = await reader.ReadLineAsync(Ct);
        while (line is ":" or "") line = await reader.ReadLineAsync(Ct);
        var lines = (Line(line, "id: "), Line(await reader.ReadLineAsync(Ct), "event: "), Line(await reader.ReadLineAsync(Ct), "data: "));
        Assert.Equal("", await reader.ReadLineAsync(Ct));
        return lines;
    }

    private static string? Line(string? line, string prefix)
    {
        Assert.StartsWith(prefix, line, StringComparison.Ordinal);
        return line?[prefix.Length..];
    }

    // The host arms its timer on another thread: time is moved until the line is there.
    private async Task AdvanceUntilAsync(TimeSpan step, StreamReader reader, string expected)
    {
        var line = reader.ReadLineAsync(Ct).AsTask();
        for (var tries = 0; tries < 10 && !line.IsCompleted; tries++)
        {
            _time.Advance(step);
            await Task.WhenAny(line, Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct));
        }

        Assert.Equal(expected, await line);
    }
}

/// <summary>A source whose changes a test adds; cursors are positions in a list.</summary>
internal sealed class FakeSource
{
    private readonly List<WatchItem<Sample>> _items = [];
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new();
    private int _waiting;

    public void Add(WatchKind kind, string? id = null, Sample? sample = null)
    {
        lock (_gate)
        {
            _items.Add(new WatchItem<Sample>(kind, $"{_items.Count + 1}", id, sample));
            Signal();
        }
    }

    public async IAsyncEnumerable<WatchItem<Sample>> WatchAsync(string? after, [EnumeratorCancellation] CancellationToken ct)
    {
        // "From now on" begins at the start here, so that a test can add before it watches.
        var next = int.Parse(after ?? "0", System.Globalization.CultureInfo.InvariantCulture);
        yield return new WatchItem<Sample>(WatchKind.Position, $"{next}");
        while (true)
        {
            Task changed;
            WatchItem<Sample>? item;
            lock (_gate)
            {
                item = next < _items.Count ? _items[next] : null;
                changed = _changed.Task;
            }

            if (item is null)
            {
                await WaitAsync(changed, ct);
                continue;
            }

            next++;
            yield return item;
        }
    }

    /// <summary>Waits until so many watchers wait for a change.</summary>
    public async Task WaitingAsync(int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        while (Volatile.Read(ref _waiting) != count) await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }

    private async Task WaitAsync(Task changed, CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await changed.WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private void Signal()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource();
        changed.SetResult();
    }
}

internal sealed class WatchedRoom(FakeSource source) : IRoom
{
    public RoomInfo Info { get; } = new("watched");

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/watched", Watch).RequireScope("watched:read")
        .Operation("watchSamples", "Watches").Watchable().Answers(200, "Changes");

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask ReceiveAsync(Post post, CancellationToken ct) => ValueTask.CompletedTask;

    public ValueTask TickAsync(JobGroup group, CancellationToken ct) => ValueTask.CompletedTask;

    private IResult Watch(HttpContext http)
    {
        var query = ApiQuery.Of(http);
        var (after, wait) = (query.After(), query.Wait());
        return query.Refusal() is { } refusal
            ? ApiResults.Problem(refusal)
            : ApiResults.Watch<Sample>(source.WatchAsync, SampleJson.Default.Sample, after, wait);
    }
}
