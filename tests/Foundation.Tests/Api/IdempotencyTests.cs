using System.Net;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Foundation.Tests.Api;

public sealed class IdempotencyTests : IAsyncDisposable
{
    private const string Body = """{"name":"a"}""";
    private static readonly (string, string) Key = ("Idempotency-Key", "k-1");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MemoryStore _store = new(16);
    private readonly List<TestHost> _hosts = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
    }

    [Fact]
    public async Task Post_WithoutAKey_CreatesEachTime()
    {
        var (host, _) = await StartAsync();
        await host.Client.PostAsync("/api/things", Body);
        await host.Client.PostAsync("/api/things", Body);
        Assert.Equal(["a", "a"], await host.Get<CreatingRoom>().NamesAsync(Ct));
    }

    [Fact]
    public async Task Repeat_GetsTheFirstAnswer()
    {
        var (host, steps) = await StartAsync();
        var first = await host.Client.PostAsync("/api/things", Body, Key);
        steps.Shard = 7; // A route that changed meanwhile.
        var repeat = await host.Client.PostAsync("/api/things", Body, Key);
        Assert.Equal((HttpStatusCode.Created, first.Text), (repeat.Status, repeat.Text));
        Assert.Equal((first.Headers.Location, first.Headers.ETag, first.MediaType), (repeat.Headers.Location, repeat.Headers.ETag, repeat.MediaType));
        Assert.False(first.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal("true", repeat.Headers.GetValues("Idempotency-Replayed").Single());
        Assert.Equal(1, steps.Runs);
        Assert.Equal(["a"], await host.Get<CreatingRoom>().NamesAsync(Ct));
    }

    [Fact]
    public async Task Repeat_WithAnotherBody_IsRefused()
    {
        var (host, _) = await StartAsync();
        await host.Client.PostAsync("/api/things", Body, Key);
        var other = await host.Client.PostAsync("/api/things", """{"name":"b"}""", Key);
        Assert.Equal(("api.idempotency-mismatch", 422), (other.Code, (int)other.Status));
        Assert.Equal(HttpStatusCode.Created, (await host.Client.PostAsync("/api/things/other", """{"name":"b"}""", Key)).Status);
        Assert.Equal(["a", "b"], await host.Get<CreatingRoom>().NamesAsync(Ct));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Repeat_WhileTheFirstRuns_Is409(bool reserved)
    {
        var (host, steps) = await StartAsync();
        var (reached, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        async Task HoldFirstAsync()
        {
            if (reached.TrySetResult()) await gate.Task;
        }

        if (reserved) steps.BeforeCreate = _ => HoldFirstAsync();
        else steps.BeforeReserve = HoldFirstAsync;
        var first = host.Client.PostAsync("/api/things", Body, Key);
        await reached.Task.WaitAsync(Ct);
        var second = await host.Client.PostAsync("/api/things", Body, Key);
        gate.SetResult();
        var answer = await first;

        // Whoever reserves first creates; the other is told to come again, and then gets the same answer.
        var (winner, loser) = reserved ? (answer, second) : (second, answer);
        Assert.Equal(("api.idempotency-in-progress", 409), (loser.Code, (int)loser.Status));
        Assert.Equal("1", loser.Headers.GetValues("Retry-After").Single());
        Assert.Equal(winner.Text, (await host.Client.PostAsync("/api/things", Body, Key)).Text);
        Assert.Equal(["a"], await host.Get<CreatingRoom>().NamesAsync(Ct));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Repeat_AfterAFailure_CompletesWhatIsMissingUnderTheSameId(bool created)
    {
        var (host, steps) = await StartAsync();
        var failed = false;
        Task FailOnce()
        {
            if (failed) return Task.CompletedTask;
            failed = true;
            throw new StoreUnavailableException("gone");
        }

        if (created) steps.BeforeAnswer = FailOnce;
        else steps.BeforeCreate = _ => FailOnce();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Client.PostAsync("/api/things", Body, Key)).Status);
        steps.Shard = 3;
        var repeat = await host.Client.PostAsync("/api/things", Body, Key);
        Assert.Equal(HttpStatusCode.Created, repeat.Status);
        Assert.Equal(repeat.Text, (await host.Client.PostAsync("/api/things", Body, Key)).Text);
        Assert.Equal(["a"], await host.Get<CreatingRoom>().NamesAsync(Ct));
    }

    [Fact]
    public async Task Repeat_AfterTheProcessDied_TakesOverAtOnceWhereThereIsOne()
    {
        var (dying, steps) = await StartAsync();
        var (reached, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        steps.BeforeAnswer = () =>
        {
            reached.TrySetResult();
            return never.Task;
        };
        var lost = dying.Client.PostAsync("/api/things", Body, Key);
        await reached.Task.WaitAsync(Ct);
        var (next, _) = await StartAsync();
        var repeat = await next.Client.PostAsync("/api/things", Body, Key);
        Assert.Equal(HttpStatusCode.Created, repeat.Status);
        Assert.Equal(["a"], await next.Get<CreatingRoom>().NamesAsync(Ct));
        never.SetResult();
        Assert.Equal(repeat.Json.GetProperty("id").GetString(), (await lost).Json.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Repeat_WithSeveralProcesses_TakesOverAfterTheBound()
    {
        var (first, steps) = await StartAsync(HostProfile.Azure);
        var (reached, never) = (new TaskCompletionSource(), new TaskCompletionSource());
        steps.BeforeAnswer = () =>
        {
            reached.TrySetResult();
            return never.Task;
        };
        var lost = first.Client.PostAsync("/api/things", Body, Key);
        await reached.Task.WaitAsync(Ct);
        var (second, _) = await StartAsync(HostProfile.Azure);
        _time.Advance(TimeSpan.FromSeconds(99));
        Assert.Equal("api.idempotency-in-progress", (await second.Client.PostAsync("/api/things", Body, Key)).Code);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.Created, (await second.Client.PostAsync("/api/things", Body, Key)).Status);
        Assert.Equal(["a"], await second.Get<CreatingRoom>().NamesAsync(Ct));
        never.SetResult();
        await lost;
    }

    [Fact]
    public async Task Refusal_BeforeAnythingIsStored_MayBeCorrected()
    {
        var (host, _) = await StartAsync();
        Assert.Equal("api.invalid", (await host.Client.PostAsync("/api/things", """{"nam":"a"}""", Key)).Code);
        Assert.Equal(HttpStatusCode.Created, (await host.Client.PostAsync("/api/things", Body, Key)).Status);
    }

    [Fact]
    public async Task Refusal_OfTheDecision_IsAnsweredAgain()
    {
        var (host, steps) = await StartAsync();
        var first = await host.Client.PostAsync("/api/things", """{"name":"refused"}""", Key);
        var repeat = await host.Client.PostAsync("/api/things", """{"name":"refused"}""", Key);
        Assert.Equal(("things.refused", first.Text, "application/problem+json"), (repeat.Code, repeat.Text, repeat.MediaType));
        Assert.Equal(1, steps.Runs);
    }

    [Fact]
    public async Task Refusal_ThatAdvisesARetry_IsTriedAgain()
    {
        var (host, _) = await StartAsync();
        Assert.Equal("things.busy", (await host.Client.PostAsync("/api/things", """{"name":"busy"}""", Key)).Code);
        Assert.Equal(HttpStatusCode.Created, (await host.Client.PostAsync("/api/things", """{"name":"busy"}""", Key)).Status);
    }

    [Fact]
    public async Task Repeat_OfALargeAnswer_IsMadeAgainFromTheRows()
    {
        var (host, steps) = await StartAsync();
        var first = await host.Client.PostAsync("/api/things", """{"name":"large"}""", Key);
        var repeat = await host.Client.PostAsync("/api/things", """{"name":"large"}""", Key);
        Assert.Equal(first.Text, repeat.Text);
        Assert.Equal(2, steps.Runs);
        Assert.Equal(["large"], await host.Get<CreatingRoom>().NamesAsync(Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData(null)]
    public async Task Key_WhenMalformed_Is422(string? key)
    {
        var (host, _) = await StartAsync();
        var answer = await host.Client.PostAsync("/api/things", Body, ("Idempotency-Key", key ?? new string('k', 256)));
        Assert.Equal(("api.invalid", 422), (answer.Code, (int)answer.Status));
    }

    [Fact]
    public async Task Many_AfterAFailureInTheMiddle_AreCompletedUnderTheSameIds()
    {
        var (host, steps) = await StartAsync();
        var json = $$"""{"items":[{{string.Join(',', Enumerable.Range(0, 40).Select(i => $$"""{"name":"t{{i:00}}"}"""))}}]}""";
        steps.BeforeCreate = number => number == 20 && steps.Runs == 1 ? throw new InvalidOperationException("killed") : Task.CompletedTask;
        Assert.Equal(HttpStatusCode.InternalServerError, (await host.Client.PostAsync("/api/things/many", json, Key)).Status);
        var early = await host.Get<CreatingRoom>().NamesAsync(Ct);
        steps.Shard = 5;
        var repeat = await host.Client.PostAsync("/api/things/many", json, Key);
        Assert.Equal(20, early.Count);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"t{i:00}"), await host.Get<CreatingRoom>().NamesAsync(Ct));
        Assert.Equal(40, repeat.Json.GetProperty("items").EnumerateArray().Select(t => t.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(repeat.Text, (await host.Client.PostAsync("/api/things/many", json, Key)).Text);
    }

    [Fact]
    public async Task Record_AfterItsTime_IsForgottenAndDeleted()
    {
        var (host, _) = await StartAsync();
        var first = await host.Client.PostAsync("/api/things", Body, Key);
        _time.Advance(TimeSpan.FromHours(23.9));
        Assert.Equal(first.Text, (await host.Client.PostAsync("/api/things", Body, Key)).Text);
        _time.Advance(TimeSpan.FromHours(0.2));
        Assert.NotEqual(first.Text, (await host.Client.PostAsync("/api/things", Body, Key)).Text);
        Assert.Equal(["a", "a"], await host.Get<CreatingRoom>().NamesAsync(Ct));
        _time.Advance(TimeSpan.FromHours(25));
        var rows = host.Get<Foundation.Api.IdempotencyRows>();
        var (shard, _) = rows.Place(new Foundation.Kernel.Caller("local", "default", new HashSet<string>()), "POST", "/api/things", "k-1");
        await rows.DeleteEndedAsync(shard, Ct);
        Assert.Equal(0, await _store.CountAsync(shard, Foundation.Api.IdempotencyRows.Lane, 10, Ct));
    }

    private async Task<(TestHost Host, CreatingSteps Steps)> StartAsync(HostProfile? profile = null)
    {
        var steps = new CreatingSteps();
        var host = await TestHost.StartAsync(
            f => f.AddRoom<CreatingRoom>(), _time, _store, profile, services => services.AddSingleton(steps));
        _hosts.Add(host);
        return (host, steps);
    }
}
