using System.Net;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Registry;
using Foundation.Tests.Hosting;
using Xunit;
using static Foundation.Tests.Registry.RegistryHost;

namespace Foundation.Tests.Registry;

/// <summary>Two processes over one store: what one writes, the other must not contradict.</summary>
public class SharedStoreTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task Registration_OfOneProcess_IsSeenByTheOtherWithinTheFreshness(int shards)
    {
        await using var two = await TwoAsync(shards);
        await two.A.RegisterAsync();
        Assert.Equal(HttpStatusCode.OK, (await two.B.Client.ReadAsync(A1)).Status);

        two.Time.Advance(TimeSpan.FromSeconds(2));
        await two.B.Directory.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.True(two.B.Directory.Find("agents", "a1")!.EligibleAt(two.Time.GetUtcNow()));
        Assert.Single(two.B.Directory.WithCapability("x"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task Register_OfOneNameByMany_IsWonByExactlyOne(int shards)
    {
        await using var two = await TwoAsync(shards);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => (i % 2 == 0 ? two.A : two.B).Client.SendAsync(HttpMethod.Put, A1, Push)));
        Assert.Equal(1, answers.Count(a => a.Status == HttpStatusCode.Created));
        Assert.Equal(15, answers.Count(a => a.Code == "registry.instance-taken"));
    }

    [Fact]
    public async Task Takeover_ByTwoAtOnce_IsWonByExactlyOne()
    {
        await using var two = await TwoAsync();
        await two.A.RegisterAsync();

        // Both have read the same generation before either commits.
        var (waiting, go) = (0, new TaskCompletionSource());
        two.Store.AfterFind = key =>
        {
            if (key.Table.Name == "instances" && Interlocked.Increment(ref waiting) == 2)
            {
                go.TrySetResult();
            }

            return key.Table.Name == "instances" ? go.Task : Task.CompletedTask;
        };
        var answers = await Task.WhenAll(
            two.A.Client.SendAsync(HttpMethod.Put, A1 + "?takeover=true", Push), two.B.Client.SendAsync(HttpMethod.Put, A1 + "?takeover=true", Push));
        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(a => a.Status).Order());
        Assert.Equal(2, answers.Single(a => a.Status == HttpStatusCode.OK).Json.GetProperty("generation").GetInt64());
    }

    [Fact]
    public async Task Takeover_InOneProcess_IsToldInTheOther()
    {
        await using var two = await TwoAsync();
        await two.A.RegisterAsync();
        two.Time.Advance(TimeSpan.FromSeconds(2));
        await two.B.Directory.RefreshAsync(TestContext.Current.CancellationToken);
        List<InstanceEvent> seen = [];
        using var subscription = two.B.Directory.Subscribe(seen.Add);

        await two.A.Client.SendAsync(HttpMethod.Put, A1 + "?takeover=true", Push);
        two.Time.Advance(TimeSpan.FromSeconds(2));
        await two.B.Directory.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal([InstanceEventKind.Superseded, InstanceEventKind.Available], seen.Select(e => e.Kind));
        Assert.All(seen, e => Assert.Equal(2, e.Instance.Generation));

        await two.A.Client.SendAsync(HttpMethod.Delete, A1);
        two.Time.Advance(TimeSpan.FromSeconds(2));
        await two.B.Directory.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(InstanceEventKind.Unavailable, seen[^1].Kind);
        Assert.Null(two.B.Directory.Find("agents", "a1"));
    }

    [Fact]
    public async Task Heartbeat_HeardByOneProcess_IsKnownToTheOtherWithin5Seconds()
    {
        await using var two = await TwoAsync();
        var token = await two.A.RegisterAsync();
        two.Time.Advance(TimeSpan.FromSeconds(60));
        await two.A.BeatAsync(token);
        two.Time.Advance(TimeSpan.FromSeconds(5));
        await two.B.Directory.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.Equal(NewTime().GetUtcNow().AddSeconds(150), two.B.Directory.Find("agents", "a1")!.LeaseExpiresAt);
    }

    [Fact]
    public async Task Lease_WhenItEnds_EndsForOthersAfterTheSkew()
    {
        await using var two = await TwoAsync();
        await two.A.RegisterAsync();
        two.Time.Advance(TimeSpan.FromSeconds(5));
        await two.B.Directory.RefreshAsync(TestContext.Current.CancellationToken);
        var seen = two.B.Directory.Find("agents", "a1")!;
        var end = seen.LeaseExpiresAt!.Value;
        Assert.True(seen.EligibleAt(end.AddSeconds(9.9)));
        Assert.False(seen.EligibleAt(end.AddSeconds(10)));
        Assert.Equal(InstanceStatus.Down, seen.StatusAt(end.AddSeconds(10)));
    }

    [Fact]
    public async Task Removed_ByOneProcess_DoesNotComeBackByTheOthersOldView()
    {
        await using var two = await TwoAsync();
        await two.A.RegisterAsync();
        two.Time.Advance(TimeSpan.FromSeconds(5));
        await two.B.Directory.RefreshAsync(TestContext.Current.CancellationToken);
        await two.A.Client.SendAsync(HttpMethod.Delete, A1);
        Assert.Equal(HttpStatusCode.NotFound, (await two.B.Client.ReadAsync(A1)).Status);
        Assert.Equal(2, (await two.B.Client.SendAsync(HttpMethod.Put, A1, Push)).Json.GetProperty("generation").GetInt64());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task Ejection_ByOneProcess_IsKnownToTheOtherWithin5Seconds(int shards)
    {
        await using var two = await TwoAsync(shards);
        await two.A.RegisterAsync(A1, """{ "capabilities": ["x"], "lease": "none" }""");
        var reporter = two.A.Host.Get<Foundation.Registry.Health.InstanceHealthReporter>();
        for (var i = 0; i < 3; i++)
        {
            reporter.Report(two.A.Directory.Find("agents", "a1")!, InstanceOutcome.Refused);
        }

        two.Time.Advance(TimeSpan.FromSeconds(1));
        await two.A.UntilAsync(() => two.A.Directory.Find("agents", "a1")!.Health is not null, "the entity heard");
        two.Time.Advance(TimeSpan.FromSeconds(5));
        await two.B.Directory.RefreshAsync(TestContext.Current.CancellationToken);
        var known = two.B.Directory.Find("agents", "a1")!;
        Assert.False(known.EligibleAt(known.Health!.EjectedUntil.AddSeconds(-1)));
        Assert.True(known.EligibleAt(known.Health.EjectedUntil));
    }

    [Fact]
    public async Task View_WhenTheStoreIsAway_StaysAndSaysSo()
    {
        await using var two = await TwoAsync();
        await two.A.RegisterAsync();
        two.Time.Advance(TimeSpan.FromSeconds(2));
        await two.B.Directory.RefreshAsync(TestContext.Current.CancellationToken);
        two.Store.Down = true;
        two.Time.Advance(TimeSpan.FromSeconds(2));
        await two.B.Directory.RefreshAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(two.B.Directory.Find("agents", "a1"));
        var registry = await two.B.Client.ReadAsync("/api/registry");
        Assert.Equal("degraded", registry.Json.GetProperty("status").GetString());
        two.Store.Down = false;
    }

    [Fact]
    public async Task Process_ThatStartsWhileOthersRun_DoesNotReviveTheDead()
    {
        await using var two = await TwoAsync();
        var token = await two.A.RegisterAsync();
        await two.A.RegisterAsync("/api/services/agents/instances/a2");
        await two.A.RegisterAsync("/api/services/agents/instances/a3");
        var other = await two.A.RegisterAsync("/api/services/agents/instances/a4");
        two.Time.Advance(TimeSpan.FromSeconds(60));
        foreach (var (t, path) in new[] { (token, A1), (other, "/api/services/agents/instances/a4") })
        {
            Assert.Equal(HttpStatusCode.OK, (await two.A.BeatAsync(t, path: path)).Status);
        }

        var third = "/api/services/agents/instances/a3";
        Assert.Equal(HttpStatusCode.NoContent, (await two.A.Client.SendAsync(HttpMethod.Delete, third)).Status);
        two.Time.Advance(TimeSpan.FromSeconds(39.5));
        await using var late = await RegistryHost.StartAsync(two.Time, two.Store, HostProfile.Azure);
        Assert.True(late.Directory.Find("agents", "a1")!.EligibleAt(two.Time.GetUtcNow()));
        Assert.False(late.Directory.Find("agents", "a2")!.EligibleAt(two.Time.GetUtcNow().AddSeconds(1)));
    }

    private static async Task<Two> TwoAsync(int shards = 1)
    {
        var (time, store) = (NewTime(), new GateStore(new MemoryStore(shards)));
        return new Two(
            await RegistryHost.StartAsync(time, store, HostProfile.Azure), await RegistryHost.StartAsync(time, store, HostProfile.Azure), store);
    }

    private sealed record Two(RegistryHost A, RegistryHost B, GateStore Store) : IAsyncDisposable
    {
        public Microsoft.Extensions.Time.Testing.FakeTimeProvider Time => A.Time;

        public async ValueTask DisposeAsync()
        {
            await A.DisposeAsync();
            await B.DisposeAsync();
        }
    }
}
