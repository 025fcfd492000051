using System.Net;
using Foundation.Kernel;
using Foundation.Protocols.Memory;
using Foundation.Registry;
using Foundation.Registry.Leases;
using Foundation.Tests.Hosting;
using Xunit;
using static Foundation.Tests.Registry.RegistryHost;

namespace Foundation.Tests.Registry;

/// <summary>A lease ends when its owner is silent, and for no other reason.</summary>
public class LeaseTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task Restart_GivesEverybodyOneLeaseToBeHeardAgain(int shards)
    {
        var (time, store) = (NewTime(), new MemoryStore(shards));
        string token;
        await using (var before = await RegistryHost.StartAsync(time, store))
        {
            token = await before.RegisterAsync();
            await before.RegisterAsync("/api/services/other/instances/a2");
        }

        time.Advance(TimeSpan.FromHours(3));
        await using var after = await RegistryHost.StartAsync(time, store);
        Assert.True(after.Directory.Find("agents", "a1")!.EligibleAt(time.GetUtcNow()));
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(HttpStatusCode.OK, (await after.BeatAsync(token)).Status);
        await after.AdvanceAsync(TimeSpan.FromSeconds(1), () => after.Directory.Find("other", "a2")!.Status == InstanceStatus.Down, "the silent one is down");
        Assert.Equal(InstanceStatus.Up, after.Directory.Find("agents", "a1")!.Status);
    }

    [Fact]
    public async Task Restart_ForgetsNeitherDownNorGeneration()
    {
        var (time, store) = (NewTime(), new MemoryStore());
        await using (var before = await RegistryHost.StartAsync(time, store))
        {
            await before.RegisterAsync();
            await before.Client.SendAsync(HttpMethod.Delete, A1);
            await before.RegisterAsync("/api/services/agents/instances/a2");
            await before.AdvanceAsync(TimeSpan.FromSeconds(30), () => before.Directory.Find("agents", "a2")!.Status == InstanceStatus.Down, "down");
        }

        await using var after = await RegistryHost.StartAsync(time, store);
        Assert.Null(after.Directory.Find("agents", "a1"));
        Assert.Equal(InstanceStatus.Down, after.Directory.Find("agents", "a2")!.Status);
        Assert.Equal(2, (await after.Client.SendAsync(HttpMethod.Put, A1, Push)).Json.GetProperty("generation").GetInt64());
    }

    [Theory]
    [InlineData(-3600)]
    [InlineData(3600)]
    public async Task Clock_ThatSteps_EndsNobodysLease(int seconds)
    {
        var time = NewTime();
        var wall = new SteppedTime(time);
        await using var host = await RegistryHost.StartAsync(time, wall: wall);
        var token = await host.RegisterAsync();
        await host.RegisterAsync("/api/services/agents/instances/a2");
        wall.Offset = TimeSpan.FromSeconds(seconds);
        Assert.Equal(HttpStatusCode.OK, (await host.BeatAsync(token)).Status);
        Assert.All(host.Directory.All, i => Assert.True(i.EligibleAt(wall.GetUtcNow())));

        // Whoever is silent from now on goes after one lease, whatever the rows promise.
        for (var i = 0; i < 4; i++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(9));
            Assert.Equal(HttpStatusCode.OK, (await host.BeatAsync(token)).Status);
        }

        await host.AdvanceAsync(TimeSpan.FromSeconds(5), () => host.Directory.Find("agents", "a2")!.Status == InstanceStatus.Down, "the silent one is down");
        Assert.Equal(InstanceStatus.Up, host.Directory.Find("agents", "a1")!.Status);
    }

    [Fact]
    public async Task Store_ThatCouldNotTakeHeartbeats_EndsNobodysLease()
    {
        var store = new GateStore(new MemoryStore());
        await using var host = await RegistryHost.StartAsync(store: store);
        var token = await host.RegisterAsync();
        host.Time.Advance(TimeSpan.FromSeconds(10));
        store.Down = true;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.BeatAsync(token)).Status);
        host.Time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.BeatAsync(token)).Status);
        host.Time.Advance(TimeSpan.FromSeconds(15));
        store.Down = false;
        Assert.Equal(HttpStatusCode.OK, (await host.BeatAsync(token)).Status);
    }

    [Fact]
    public async Task Heartbeats_LeaveTheRowWhereItWaits_AndTheSweepMovesIt()
    {
        var store = new GateStore(new MemoryStore());
        await using var host = await RegistryHost.StartAsync(store: store);
        var token = await host.RegisterAsync();
        for (var i = 0; i < 20; i++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(HttpStatusCode.OK, (await host.BeatAsync(token)).Status);
        }

        Assert.Equal(InstanceStatus.Up, host.Directory.Find("agents", "a1")!.Status);
        await host.AdvanceAsync(TimeSpan.FromSeconds(30), () => host.Directory.Find("agents", "a1")!.Status == InstanceStatus.Down, "down");
        var lag = (await host.Client.ReadAsync("/api/registry")).Json.GetProperty("expiryLag").GetProperty("greatest").GetString();
        Assert.True(Durations.TryParse(lag, out var late) && late <= TimeSpan.FromSeconds(2), lag);
    }

    [Fact]
    public async Task Poll_RegistersAndRenews_ButWritesOnlyWhenTheLeaseNeedsIt()
    {
        var store = new GateStore(new MemoryStore());
        await using var host = await RegistryHost.StartAsync(store: store);
        var polling = host.Host.Get<IPollingInstances>();
        var caller = new Caller("key", "default", new HashSet<string> { "*" });
        var ct = TestContext.Current.CancellationToken;
        Assert.Equal("registry.capabilities-unknown", (await polling.PollAsync(caller, "s", "a", null, TimeSpan.Zero, ct)).Problem!.Error.Code);

        var register = new InstanceRegistration { Capabilities = [new Capability("x")] };
        Assert.True((await polling.PollAsync(caller, "s", "a", register, TimeSpan.Zero, ct)).Value.Offers("x"));
        var written = store.Commits;
        for (var i = 0; i < 9; i++)
        {
            host.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.True((await polling.PollAsync(caller, "s", "a", register, TimeSpan.Zero, ct)).Ok);
        }

        Assert.Equal(written, store.Commits);
        Assert.True((await polling.PollAsync(caller, "s", "a", null, TimeSpan.FromSeconds(60), ct)).Ok);
        Assert.Equal(written + 1, store.Commits);
        Assert.Equal(host.Time.GetUtcNow().AddSeconds(90), host.Directory.Find("s", "a")!.LeaseExpiresAt);
        Assert.Equal("registry.instance-taken", (await polling.PollAsync(caller with { KeyId = "b" }, "s", "a", null, default, ct)).Problem!.Error.Code);
        Assert.Equal("api.forbidden", (await polling.PollAsync(caller with { Services = new HashSet<string> { "t" } }, "s", "a", null, default, ct)).Problem!.Error.Code);
    }

    [Fact]
    public void Token_FitsItsRowAndGenerationOnly()
    {
        var ids = new IdFactory(TimeProvider.System, RandomSource.FromSeed(1));
        ids.Initialize(new byte[32]);
        var (id, other) = (ids.Mint("instance", 0).ToString(), ids.Mint("instance", 0).ToString());
        var token = LeaseTokens.Of(ids, id, 3);
        Assert.Equal(LeaseProof.Current, LeaseTokens.Prove(ids, token, id, 3));
        Assert.Equal(LeaseProof.Stale, LeaseTokens.Prove(ids, token, id, 4));
        Assert.Equal(LeaseProof.Stale, LeaseTokens.Prove(ids, token, other, 3));
        Assert.Equal(LeaseProof.Stale, LeaseTokens.Prove(ids, token + "x", id, 3));
        Assert.Equal(LeaseProof.None, LeaseTokens.Prove(ids, "", id, 3));
    }
}
