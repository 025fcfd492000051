using Foundation.Kernel;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Foundation.Tests.Kernel;

public sealed class DerivedIdTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(60));

    [Fact]
    public void Derive_GivesTheSameIdsInEveryProcess()
    {
        var (one, other) = (Factory(1), Factory(2));
        var first = one.MintBase(1000);
        var ids = Enumerable.Range(0, 1000).Select(i => one.Derive(first, "task", i % 16, i)).ToList();
        Assert.Equal(ids, Enumerable.Range(0, 1000).Select(i => other.Derive(first, "task", i % 16, i)));
        Assert.Equal(1000, ids.Distinct().Count());
        Assert.All(ids.Select((id, i) => (id, i)), pair =>
        {
            Assert.True(other.TryParse(pair.id.ToText("task"), "task", out var read));
            Assert.Equal((pair.id, pair.i % 16), (read, read.Shard));
            Assert.False(other.TryParse(pair.id.ToText("run"), "run", out _));
        });
    }

    [Fact]
    public void MintBase_ReservesItsIds()
    {
        var factory = Factory(1);
        var first = factory.MintBase(9000); // More than one millisecond holds.
        var derived = Enumerable.Range(0, 9000).Select(i => factory.Derive(first, "task", 0, i)).ToList();
        var later = factory.Mint("task", 0);
        Assert.DoesNotContain(later, derived);
        Assert.All(derived, id => Assert.True(id < later));
    }

    private IdFactory Factory(int seed)
    {
        var factory = new IdFactory(_time, RandomSource.FromSeed(seed));
        factory.Initialize(new byte[32]);
        return factory;
    }
}
