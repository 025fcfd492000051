using Foundation.Kernel;
using Foundation.Registry;
using Xunit;

namespace Foundation.Tests.Registry;

/// <summary>Every status × command, and what each pair does. A new status or command without a row fails.</summary>
public class InstanceDeciderTests
{
    internal static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(30);
    private static readonly RegistryOptions Options = new();
    private static readonly InstanceIdentity New = new(new ResourceId(7).ToString(), "agents", "a1");
    private static readonly InstanceSpec Spec = new() { Capabilities = [new Capability("x")], Lease = new LeaseTerm(Term) };

    private static readonly string[] States = ["absent", "up", "draining", "lapsed", "down", "removed"];

    // What the state is after the command (with its generation), or the refusal.
    private static readonly Dictionary<string, (Func<Member?, InstanceCommand> Command, string[] Expected)> Table = new()
    {
        //                                                                absent      up              draining        lapsed          down            removed
        ["register"] = (_ => Register(LeaseProof.None), ["up 1", "Taken", "Taken", "up 4", "up 4", "up 4"]),
        ["register with token"] = (_ => Register(LeaseProof.Current), ["up 1", "up 3", "up 3", "up 3", "up 3", "up 4"]),
        ["register with stale token"] = (_ => Register(LeaseProof.Stale), ["up 1", "Taken", "Taken", "up 4", "up 4", "up 4"]),
        ["take over"] = (_ => Register(LeaseProof.None, takeover: true), ["up 1", "up 4", "up 4", "up 4", "up 4", "up 4"]),
        ["take over with another key"] = (_ => Register(LeaseProof.None, takeover: true, key: "other"), ["up 1", "Taken", "Taken", "up 4", "up 4", "up 4"]),
        ["take over after another did"] = (_ => Register(LeaseProof.None, takeover: true, seen: 2), ["up 1", "Taken", "Taken", "up 4", "up 4", "up 4"]),
        ["heartbeat"] = (_ => Beat(LeaseProof.Current, null), ["LeaseLost", "up 3", "draining 3", "up 3", "LeaseLost", "LeaseLost"]),
        ["heartbeat draining"] = (_ => Beat(LeaseProof.Current, HeartbeatStatus.Draining), ["LeaseLost", "draining 3", "draining 3", "draining 3", "LeaseLost", "LeaseLost"]),
        ["heartbeat up"] = (_ => Beat(LeaseProof.Current, HeartbeatStatus.Up), ["LeaseLost", "up 3", "up 3", "up 3", "LeaseLost", "LeaseLost"]),
        ["heartbeat stale"] = (_ => Beat(LeaseProof.Stale, null), ["LeaseLost", "LeaseLost", "LeaseLost", "LeaseLost", "LeaseLost", "LeaseLost"]),
        ["heartbeat without token"] = (_ => Beat(LeaseProof.None, null), ["LeaseLost", "LeaseLost", "LeaseLost", "LeaseLost", "LeaseLost", "LeaseLost"]),
        ["poll"] = (_ => Poll("key", null), ["CapabilitiesUnknown", "up 3", "draining 3", "up 3", "up 3", "CapabilitiesUnknown"]),
        ["poll with registration"] = (_ => Poll("key", Spec), ["up 1", "up 3", "up 3", "up 3", "up 3", "up 4"]),
        ["poll with another key"] = (_ => Poll("other", null), ["CapabilitiesUnknown", "Taken", "Taken", "up 4", "up 4", "CapabilitiesUnknown"]),
        ["remove with token"] = (_ => Remove(LeaseProof.Current, "other", false), ["NotFound", "removed 3", "removed 3", "removed 3", "removed 3", "NotFound"]),
        ["remove with stale token"] = (_ => Remove(LeaseProof.Stale, "key", true), ["NotFound", "LeaseLost", "LeaseLost", "LeaseLost", "LeaseLost", "NotFound"]),
        ["remove by key"] = (_ => Remove(LeaseProof.None, "key", false), ["NotFound", "removed 3", "removed 3", "removed 3", "removed 3", "NotFound"]),
        ["remove by another key"] = (_ => Remove(LeaseProof.None, "other", false), ["NotFound", "Taken", "Taken", "removed 3", "removed 3", "NotFound"]),
        ["remove by an operator"] = (_ => Remove(LeaseProof.None, "other", true), ["NotFound", "removed 3", "removed 3", "removed 3", "removed 3", "NotFound"]),
        ["expire"] = (_ => new InstanceCommand.Expire(), ["NotDue", "NotDue", "NotDue", "down 3", "NotDue", "NotDue"]),
        ["forget"] = (_ => new InstanceCommand.Forget(), ["NotDue", "NotDue", "NotDue", "NotDue", "NotDue", "NotDue"]),
    };

    public static TheoryData<string, string> Pairs => [.. Table.Keys.SelectMany(c => States.Select(s => (c, s)))];

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Decide_OfEveryPair_IsAsTheTableSays(string command, string state)
    {
        var before = State(state);
        var decision = InstanceDecider.Decide(before, Table[command].Command(before), Now, Options);
        Assert.Equal(Table[command].Expected[Array.IndexOf(States, state)], Describe(decision));
    }

    [Fact]
    public void Table_HasEveryStatusAndCommand()
    {
        Assert.All(Enum.GetValues<InstancePhase>(), phase => Assert.Contains(Kebab.Name(phase), States));
        var commands = Table.Values.Select(t => t.Command(null).GetType()).Distinct();
        Assert.Equal(typeof(InstanceCommand).GetNestedTypes().Length, commands.Count());
    }

    [Fact]
    public void Decide_WhenAccepted_RaisesTheRevisionExactlyWhenTheInstanceChanges()
    {
        foreach (var (command, state) in Pairs.Select(p => (p.Data.Item1, p.Data.Item2)))
        {
            if (State(state) is { } before && InstanceDecider.Decide(before, Table[command].Command(before), Now, Options) is InstanceDecision.Accepted a)
            {
                var changed = !ReferenceEquals(before.Instance, a.After.Instance);
                Assert.Equal(changed, a.After.Instance.Revision > before.Instance.Revision);
                Assert.Equal(a.After.Instance.Phase, a.After.Lease.Phase);
                Assert.Equal(a.After.Instance.Generation, a.After.Lease.Generation);
            }
        }
    }

    [Fact]
    public void Forget_AfterTheRetention_IsForgotten()
    {
        foreach (var state in new[] { "down", "removed" })
        {
            var later = Now + Options.Retention;
            Assert.IsType<InstanceDecision.Forgotten>(InstanceDecider.Decide(State(state), new InstanceCommand.Forget(), later, Options));
        }
    }

    [Fact]
    public void Register_WithToken_WhenNothingChanged_LeavesTheInstanceRowAlone()
    {
        var before = State("up")!;
        var after = Assert.IsType<InstanceDecision.Accepted>(InstanceDecider.Decide(before, Register(LeaseProof.Current), Now, Options)).After;
        Assert.Same(before.Instance, after.Instance);
        Assert.Equal(Now + Term, after.Lease.ExpiresAt);
    }

    [Fact]
    public void Register_WithAnotherTerm_CountsFromNow()
    {
        var longer = State("up")!;
        longer = longer with { Lease = longer.Lease with { Term = TimeSpan.FromHours(1), ExpiresAt = Now + TimeSpan.FromHours(1) } };
        var after = Assert.IsType<InstanceDecision.Accepted>(InstanceDecider.Decide(longer, Register(LeaseProof.Current), Now, Options)).After;
        Assert.Equal(Now + Term, after.Lease.ExpiresAt);
    }

    [Fact]
    public void Heartbeat_OfAClockThatIsBehind_NeverMovesTheEndBack()
    {
        var before = State("up")!;
        var renewed = InstanceDecider.Renew(before.Lease, LeaseProof.Current, null, Now - TimeSpan.FromHours(1));
        Assert.Equal(before.Lease.ExpiresAt, renewed!.ExpiresAt);
    }

    [Fact]
    public void Poll_ThatStaysOpen_IsCoveredByTheLease()
    {
        var command = new InstanceCommand.Poll("key", Spec, TimeSpan.FromSeconds(60), New);
        var after = Assert.IsType<InstanceDecision.Accepted>(InstanceDecider.Decide(null, command, Now, Options)).After;
        Assert.Equal(Now + TimeSpan.FromSeconds(90), after.Lease.ExpiresAt);
    }

    [Fact]
    public void History_IsBounded_AndKeepsTheNewest()
    {
        Member member = State("up")!;
        for (var i = 0; i < 50; i++)
        {
            var status = i % 2 == 0 ? HeartbeatStatus.Draining : HeartbeatStatus.Up;
            member = Assert.IsType<InstanceDecision.Accepted>(InstanceDecider.Decide(member, Beat(LeaseProof.Current, status), Now, Options)).After;
        }

        Assert.Equal(RegistryOptions.HistoryMax, member.Instance.History.Length);
        Assert.Equal(InstanceMomentType.Resumed, member.Instance.History[^1].Type);
    }

    [Theory]
    [InlineData("up", RegistryTables.LeasesLane)]
    [InlineData("draining", RegistryTables.LeasesLane)]
    [InlineData("down", RegistryTables.RetentionLane)]
    [InlineData("removed", RegistryTables.RetentionLane)]
    public void Due_IsTheEndOfTheLeaseOrOfTheRetention(string state, string lane)
    {
        var member = State(state)!;
        var skew = TimeSpan.FromSeconds(10);
        var due = InstanceDecider.Due(member, skew, Options);
        var at = lane == RegistryTables.LeasesLane ? member.Lease.ExpiresAt!.Value + skew : member.Instance.Since + Options.Retention;
        Assert.Equal(lane, due!.Value.Lane);
        Assert.Equal(at.ToUnixTimeMilliseconds(), due.Value.At);
    }

    [Fact]
    public void Due_WithoutLease_IsNever()
    {
        var member = State("up")!;
        Assert.Null(InstanceDecider.Due(member with { Lease = member.Lease with { ExpiresAt = null, Term = null } }, TimeSpan.Zero, Options));
    }

    internal static Member? State(string state)
    {
        if (state == "absent")
        {
            return null;
        }

        var phase = state == "lapsed" ? InstancePhase.Up : Enum.Parse<InstancePhase>(state, ignoreCase: true);
        var end = state == "lapsed" ? Now - TimeSpan.FromSeconds(1) : Now + TimeSpan.FromSeconds(10);
        var instance = new InstanceState
        {
            Id = New.Id, Service = "agents", Name = "a1", Phase = phase, Since = Now - TimeSpan.FromMinutes(1), Generation = 3, Revision = 9,
            RegisteredAt = Now - TimeSpan.FromHours(1), KeyId = "key", Spec = Spec,
        };
        var lease = new LeaseState { Id = New.Id, Generation = 3, Phase = phase, HeardAt = end - Term, ExpiresAt = end, Term = Term };
        return new Member(instance, lease, phase is InstancePhase.Up or InstancePhase.Draining ? end : null);
    }

    private static InstanceCommand.Register Register(LeaseProof proof, bool takeover = false, string key = "key", long seen = 3) =>
        new(Spec, key, proof, takeover, seen, New);

    private static InstanceCommand.Heartbeat Beat(LeaseProof proof, HeartbeatStatus? status) => new(proof, null, status);

    private static InstanceCommand.Poll Poll(string key, InstanceSpec? spec) => new(key, spec, TimeSpan.Zero, New);

    private static InstanceCommand.Remove Remove(LeaseProof proof, string key, bool asOperator) => new(proof, key, asOperator);

    private static string Describe(InstanceDecision decision) => decision switch
    {
        InstanceDecision.Accepted a => $"{Kebab.Name(a.After.Instance.Phase)} {a.After.Instance.Generation}",
        InstanceDecision.Refused r => r.Refusal.ToString(),
        _ => "forgotten",
    };
}
