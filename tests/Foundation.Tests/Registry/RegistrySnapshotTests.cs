using System.Text;
using CsCheck;
using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Registry;
using Foundation.Registry.View;
using Xunit;

namespace Foundation.Tests.Registry;

/// <summary>The snapshot against a plain model, and what is frozen because it is stored.</summary>
public class RegistrySnapshotTests
{
    [Fact]
    public void Snapshot_AfterAnyChanges_IsWhatAModelSays() =>
        Gen.Select(Gen.Bool, Gen.Int[0, 2], Gen.Int[0, 5], Gen.Int[0, 7]).Array[0, 60].Sample(changes =>
        {
            var (snapshot, model) = (RegistrySnapshot.Empty, new SortedDictionary<string, Instance>(StringComparer.Ordinal));
            foreach (var (add, service, name, capabilities) in changes)
            {
                var instance = Member($"s{service}", $"i{name}", capabilities);
                if (add)
                {
                    (snapshot, model[instance.FullName]) = (snapshot.With(instance), instance);
                }
                else if (model.Remove(instance.FullName, out var gone))
                {
                    snapshot = snapshot.Without(gone);
                }

                Check(snapshot, model.Values);
            }

            Check(RegistrySnapshot.Of(model.Values.Reverse().ToList()), model.Values);
        });

    [Fact]
    public void Rows_AreFrozen()
    {
        var instance = new InstanceState
        {
            Id = "01J9ZQ6V9V1P3N8W2X4Y6Z8A0B", Service = "agents", Name = "a1", Phase = InstancePhase.Draining, Since = InstanceDeciderTests.Now,
            Generation = 3, Revision = 9, RegisteredAt = InstanceDeciderTests.Now, KeyId = "key",
            Spec = new InstanceSpec
            {
                Endpoint = "https://a.example/t", Format = DeliveryFormat.Jido,
                Capabilities = [new Capability("x"), new Capability("y", "1.2") { Parameters = RawJson.Parse("""{"a": 1.0}""") }],
                Version = "2", Environment = "production", Zone = "a", Tags = ["t"], Labels = InstanceSpecLabels, Weight = 2.5, MaxConcurrency = 7,
                Lease = new LeaseTerm(TimeSpan.FromSeconds(30)), Secret = new SecretReference("env:FOUNDATION_SECRET_A"),
            },
            History = [new InstanceMoment { At = InstanceDeciderTests.Now, Type = InstanceMomentType.Registered, Generation = 1, By = "key" }],
        };
        const string text = """
            {"id":"01J9ZQ6V9V1P3N8W2X4Y6Z8A0B","service":"agents","name":"a1","phase":"draining","since":"2026-01-31T12:00:00Z","generation":3,"revision":9,"registeredAt":"2026-01-31T12:00:00Z","keyId":"key","spec":{"endpoint":"https://a.example/t","format":"jido","capabilities":["x",{"name":"y","version":"1.2","parameters":{"a": 1.0}}],"version":"2","environment":"production","zone":"a","tags":["t"],"labels":{"k":"v"},"weight":2.5,"maxConcurrency":7,"lease":"30s","secret":{"$secret":"env:FOUNDATION_SECRET_A"}},"history":[{"at":"2026-01-31T12:00:00Z","type":"registered","generation":1,"by":"key"}]}
            """;
        Assert.Equal(text, Encoding.UTF8.GetString(RegistryJson.Bytes(instance)));
        Assert.Equal(text, Encoding.UTF8.GetString(RegistryJson.Bytes(RegistryJson.Instance(Row(text)))));

        var lease = new LeaseState
        {
            Id = instance.Id, Generation = 3, Phase = InstancePhase.Up, HeardAt = InstanceDeciderTests.Now,
            ExpiresAt = InstanceDeciderTests.Now.AddSeconds(30), Term = TimeSpan.FromSeconds(30), Load = new InstanceLoad(2, 1),
        };
        const string leaseText = """
            {"id":"01J9ZQ6V9V1P3N8W2X4Y6Z8A0B","generation":3,"phase":"up","heardAt":"2026-01-31T12:00:00Z","expiresAt":"2026-01-31T12:00:30Z","term":"30s","load":{"running":2,"queued":1}}
            """;
        Assert.Equal(leaseText, Encoding.UTF8.GetString(RegistryJson.Bytes(lease)));
        Assert.Equal(lease, RegistryJson.Lease(Row(leaseText)));
        Assert.Equal(
            ["registry", "instances", "leases", "registry/leases", "registry/retention"],
            [RegistryTables.Space.Name, RegistryTables.Instances.Name, RegistryTables.Leases.Name, RegistryTables.LeasesLane, RegistryTables.RetentionLane]);
    }

    [Fact]
    public void Refusals_HaveOneProblemEach()
    {
        foreach (var refusal in Enum.GetValues<InstanceRefusal>().Where(r => r != InstanceRefusal.NotDue))
        {
            Assert.Contains(RegistryErrors.ToProblem(refusal, "s/i").Error, RegistryErrors.All);
        }

        Assert.Throws<InvalidOperationException>(() => RegistryErrors.ToProblem(InstanceRefusal.NotDue, "s/i"));
        Assert.Equal(RegistryErrors.All.Count, RegistryErrors.All.Select(e => e.Code).Distinct().Count());
        Assert.All(RegistryErrors.All, e => Assert.StartsWith("registry.", e.Code, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("env:FOUNDATION_SECRET_A_1", true)]
    [InlineData("file:agent.key", true)]
    [InlineData("env:FOUNDATION_SECRET_", false)]
    [InlineData("env:HOME", false)]
    [InlineData("env:FOUNDATION_SECRET_a", false)]
    [InlineData("file:", false)]
    [InlineData("file:.hidden", false)]
    [InlineData("file:a/b", false)]
    [InlineData("file:a\\b", false)]
    [InlineData("http://x", false)]
    [InlineData(null, false)]
    public void SecretReference_HasTwoFormsOnly(string? text, bool valid) => Assert.Equal(valid, SecretReference.TryParse(text, out _));

    private static System.Collections.Immutable.ImmutableSortedDictionary<string, string> InstanceSpecLabels =>
        System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("k", "v");

    private static Row Row(string text) => new(new RowKey(RegistryTables.Instances, "agents/a1"), new RowVersion(1), Encoding.UTF8.GetBytes(text), default, null);

    private static Instance Member(string service, string name, int capabilities) => new()
    {
        Service = service, Name = name, FullName = $"{service}/{name}",
        Capabilities = [.. Enumerable.Range(0, 3).Where(c => (capabilities & (1 << c)) != 0).Select(c => new Capability($"c{c}"))],
    };

    private static void Check(RegistrySnapshot snapshot, IEnumerable<Instance> model)
    {
        var all = model.ToList();
        Assert.Equal(all, snapshot.All);
        foreach (var service in new[] { "s0", "s1", "s2" })
        {
            Assert.Equal(all.Where(i => i.Service == service), snapshot.OfService(service));
        }

        foreach (var capability in new[] { "c0", "c1", "c2" })
        {
            Assert.Equal(all.Where(i => i.Offers(capability)), snapshot.WithCapability(capability));
        }

        Assert.All(all, i => Assert.Same(i, snapshot.Find(i.Service, i.Name)));
        Assert.Null(snapshot.Find("s0", "none"));
        Assert.Equal(all.Select(i => i.Service).Distinct().Count(), snapshot.ServiceCount);
    }
}
