using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Store;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Insert_WhenAbsent_StoresAllOfIt()
    {
        var due = DueAt("waiting/a", 17, Promptness.Sweep);
        var reference = (await WriteAsync(Insert(Item(1), "state", "body", due)))[0];
        var text = (await WriteAsync(Insert(Name("n"), "", "")))[0];

        var row = await GetAsync(Item(1));
        Assert.Equal((Item(1), reference.Version, "state", "body", due), (row.Key, row.Version, Text(row.State), Text(row.Body), row.Due));
        var named = await GetAsync(Name("n"));
        Assert.Equal((Name("n"), text.Version, (Due?)null), (named.Key, named.Version, named.Due));
        Assert.Equal((0, 0), (named.State.Length, named.Body.Length));
    }

    [Fact]
    public async Task Insert_WhenPresent_ConflictsByKeyAndKeepsTheRow()
    {
        await WriteAsync(Insert(Item(1), "first", "one"));

        Assert.Equal(new CommitResult.Conflict(Item(1)), await CommitAsync(Insert(Item(1), "second", "two", DueAt("l", 1))));
        var row = await GetAsync(Item(1));
        Assert.Equal(("first", "one", (Due?)null), (Text(row.State), Text(row.Body), row.Due));
        Assert.Empty(await LaneAsync("l"));
    }

    [Fact]
    public async Task Find_WhenAbsent_ReturnsNull()
    {
        await WriteAsync(Insert(Item(1)));

        Assert.Null(await FindAsync(Item(2)));
        Assert.Null(await FindAsync(Name("1")));
    }

    [Fact]
    public async Task Replace_WhenVersionIsCurrent_RewritesStateAndKeepsBody()
    {
        var reference = (await WriteAsync(Insert(Item(1), "a", "written once")))[0];
        for (var i = 0; i < 5; i++)
        {
            var next = (await WriteAsync(Replace(reference, $"state {i}")))[0];
            Assert.NotEqual(reference.Version, next.Version);
            reference = next;
        }

        var row = await GetAsync(Item(1));
        Assert.Equal(("state 4", "written once", reference.Version), (Text(row.State), Text(row.Body), row.Version));
    }

    [Fact]
    public async Task Replace_WhenVersionIsOldOrRowAbsent_ConflictsAndWritesNothing()
    {
        var old = (await WriteAsync(Insert(Item(1), "a")))[0];
        var current = (await WriteAsync(Replace(old, "b")))[0];

        Assert.Equal(new CommitResult.Conflict(Item(1)), await CommitAsync(Replace(old, "c")));
        Assert.Equal(new CommitResult.Conflict(Item(2)), await CommitAsync(Replace(current with { Key = Item(2) }, "c")));
        var row = await GetAsync(Item(1));
        Assert.Equal(("b", current.Version), (Text(row.State), row.Version));
        Assert.Null(await FindAsync(Item(2)));
    }

    [Fact]
    public async Task Delete_WhenVersionIsCurrent_RemovesRowAndEntry()
    {
        var reference = (await WriteAsync(Insert(Item(1), due: DueAt("l", 5))))[0];
        var result = Assert.IsType<CommitResult.Committed>(await CommitAsync(new Write.Delete(reference)));

        Assert.Equal([default], result.Versions);
        Assert.Null(await FindAsync(Item(1)));
        Assert.Empty(await LaneAsync("l"));
    }

    [Fact]
    public async Task Delete_WhenVersionIsOldOrRowAbsent_ConflictsAndKeepsTheRow()
    {
        var old = (await WriteAsync(Insert(Item(1))))[0];
        var current = (await WriteAsync(Replace(old)))[0];

        Assert.Equal(new CommitResult.Conflict(Item(1)), await CommitAsync(new Write.Delete(old)));
        Assert.NotNull(await FindAsync(Item(1)));
        await WriteAsync(new Write.Delete(current));
        Assert.Equal(new CommitResult.Conflict(Item(1)), await CommitAsync(new Write.Delete(current)));
    }

    [Fact]
    public async Task Insert_AfterDelete_GetsANewVersionAndItsOwnBody()
    {
        var first = (await WriteAsync(Insert(Item(1), "a", "old body")))[0];
        await WriteAsync(new Write.Delete(first));
        var second = (await WriteAsync(Insert(Item(1), "a", "new body")))[0];

        Assert.NotEqual(first.Version, second.Version);
        Assert.Equal(new CommitResult.Conflict(Item(1)), await CommitAsync(Replace(first, "stale")));
        Assert.Equal("new body", Text((await GetAsync(Item(1))).Body));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Commit_WhenTheKthWriteConflicts_WritesNothingOfIt(int k)
    {
        var seeds = await WriteAsync([.. Enumerable.Range(0, 6).Select(i => Insert(Item(i), "before", "b", DueAt("l", i)))]);
        var stale = (await WriteAsync(Replace(seeds[k], "touched", seeds[k].Due)))[0];

        var writes = seeds.Select((s, i) => i % 3 == 1 && i != k ? new Write.Delete(s) : Replace(s, "after", DueAt("m", i))).ToList();
        writes.Add(Insert(Item(100), "after", due: DueAt("m", 100)));
        Assert.Equal(new CommitResult.Conflict(Item(k)), await CommitAsync([.. writes]));

        for (var i = 0; i < 6; i++)
        {
            var row = await GetAsync(Item(i));
            Assert.Equal((i == k ? "touched" : "before", i == k ? stale.Version : seeds[i].Version), (Text(row.State), row.Version));
        }

        Assert.Null(await FindAsync(Item(100)));
        Assert.Equal(["0:0", "1:1", "2:2", "3:3", "4:4", "5:5"], await LaneAsync("l"));
        Assert.Empty(await LaneAsync("m"));
    }

    [Fact]
    public async Task Commit_OfSeveralTables_IsOneVersionedWhole()
    {
        var post = new RowKey(Work.Posts, (UInt128)7);
        var references = await WriteAsync(Insert(Item(1), "i"), Insert(Name("n"), "n"), Insert(post, "p"));
        var result = await CommitAsync(Replace(references[0], "i2"), new Write.Delete(references[1]), Insert(Name("n2"), "n2"));

        var versions = Assert.IsType<CommitResult.Committed>(result).Versions;
        Assert.Equal(versions[0], (await GetAsync(Item(1))).Version);
        Assert.Equal(default, versions[1]);
        Assert.Equal(versions[2], (await GetAsync(Name("n2"))).Version);
        Assert.Equal("p", Text((await GetAsync(post)).State));
        Assert.Null(await FindAsync(Name("n")));
    }

    [Fact]
    public async Task Commit_WhenSentTwice_AnswersTheSameVersions()
    {
        var seed = await WriteAsync(Insert(Item(1), "a"), Insert(Item(3), "gone"));
        Write[] writes = [Replace(seed[0], "b"), Insert(Item(2), "new", due: DueAt("l", 1)), new Write.Delete(seed[1])];
        var commit = new Commit(NextId(), Home, [.. writes]);
        var first = Assert.IsType<CommitResult.Committed>(await Store.CommitAsync(commit, Ct));
        var second = Assert.IsType<CommitResult.Committed>(await Store.CommitAsync(commit, Ct));

        Assert.Equal(first.Versions, second.Versions);
        Assert.Equal(first.Versions[0], (await GetAsync(Item(1))).Version);
        Assert.Equal(["1:2"], await LaneAsync("l"));
    }

    [Fact]
    public async Task Commit_WithAnotherIdOrNone_IsNotTakenForTheFirst()
    {
        var insert = Insert(Item(1), "same");
        await CommitAsync(insert);
        Assert.Equal(new CommitResult.Conflict(Item(1)), await CommitAsync(insert));

        var unnamed = new Commit(default, Home, [Insert(Item(2), "same")]);
        Assert.IsType<CommitResult.Committed>(await Store.CommitAsync(unnamed, Ct));
        Assert.Equal(new CommitResult.Conflict(Item(2)), await Store.CommitAsync(unnamed, Ct));
    }

    [Fact]
    public async Task Commit_AtItsBounds_IsStored()
    {
        var state = new byte[CommitLimits.StateBytesMax];
        var body = new byte[CommitLimits.BytesMax - CommitLimits.StateBytesMax];
        for (var i = 0; i < body.Length; i++)
        {
            body[i] = (byte)(i * 31);
        }

        state[^1] = 9;
        await WriteAsync(new Write.Insert(Item(1), state, body, DueAt(new string('l', CommitLimits.LaneCharsMax), 1)));
        const int many = (CommitLimits.OperationsMax - CommitLimits.WatchOperations) / 2;
        await WriteAsync([.. Enumerable.Range(10, many).Select(i => Insert(Item(i), due: DueAt("many", i)))]);
        await WriteAsync(Insert(Name(new string('~', CommitLimits.KeyCharsMax)), "long key", due: DueAt("long", long.MaxValue / 2)));

        var row = await GetAsync(Item(1));
        Assert.True(row.State.Span.SequenceEqual(state));
        Assert.True(row.Body.Span.SequenceEqual(body));
        Assert.Equal(many, await Store.CountAsync(Home, "many", 100, Ct));
        Assert.Single(await LaneAsync("long"));
    }

    [Fact]
    public async Task Commit_OverABoundOrMalformed_ThrowsAndWritesNothing()
    {
        var big = new Write.Insert(Item(1), new byte[CommitLimits.StateBytesMax + 1], default, null);
        var heavy = new Write.Insert(Item(1), default, new byte[CommitLimits.BytesMax + 1], null);
        Write[] many = [.. Enumerable.Range(0, 51).Select(i => Insert(Item(i), due: DueAt("l", i)))];
        Write[][] wrong =
        [
            [], [big], [heavy], many, [Insert(Item(1)), Insert(Item(1))], [Insert(Name(""))], [Insert(Name("grün"))],
            [Insert(Item(1), due: DueAt("", 1))], [Insert(Item(1), due: DueAt("l", -1))],
            [Insert(Item(1), due: DueAt(new string('l', 301), 1))],
            [Insert(new RowKey(Elsewhere, "a"))], [Insert(new RowKey(Items, "text"))], [Insert(new RowKey(Names, (UInt128)1))],
        ];

        foreach (var writes in wrong)
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await CommitAsync(writes));
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await CommitAsync(new Shard(Work, Store.Shards), Insert(Item(1))));
        Assert.Null(await FindAsync(Item(1)));
        Assert.Null(await FindAsync(Item(0)));
        Assert.Empty(await Store.LanesAsync(Home, "", null, 10, Ct));
    }

    [Fact]
    public async Task Rows_OfOtherSpacesAndShards_AreApart()
    {
        var away = new Shard(Other, Store.Shards - 1);
        await WriteAsync(Insert(Name("k"), "home", due: DueAt("l", 1)));
        await WriteAsync(away, Insert(new RowKey(Elsewhere, "k"), "away", due: DueAt("l", 2)));
        if (Store.Shards > 1)
        {
            var first = new Shard(Work, 0);
            await WriteAsync(first, Insert(Name("k"), "first", due: DueAt("l", 3)));
            Assert.Equal("first", Text((await Store.FindAsync(first, Name("k"), Ct))!.State));
            Assert.Null(await Store.FindAsync(new Shard(Work, 1), Name("k"), Ct));
            Assert.Equal([new LaneSummary("l", 3)], await Store.LanesAsync(first, "", null, 10, Ct));
        }

        Assert.Equal("home", Text((await GetAsync(Name("k"))).State));
        Assert.Equal("away", Text((await Store.FindAsync(away, new RowKey(Elsewhere, "k"), Ct))!.State));
        Assert.Equal(["1:k"], await LaneAsync("l"));
        Assert.Equal([new LaneSummary("l", 2)], await Store.LanesAsync(away, "", null, 10, Ct));
        Assert.Equal(1, await Store.CountAsync(Home, "", 10, Ct));
    }

    [Fact]
    public async Task Caller_MayReuseItsBuffersAfterTheCommit()
    {
        var (state, body) = ("state"u8.ToArray(), "body"u8.ToArray());
        await WriteAsync(new Write.Insert(Item(1), state, body, null));
        Array.Clear(state);
        Array.Clear(body);

        var row = await GetAsync(Item(1));
        Assert.Equal(("state", "body"), (Text(row.State), Text(row.Body)));
    }
}
