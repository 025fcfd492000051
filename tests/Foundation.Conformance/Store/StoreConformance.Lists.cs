using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Store;

public abstract partial class StoreConformance
{
    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    [InlineData(false, 1000)]
    public async Task List_ByKey_PagesInOrderAndDirection(bool descending, int limit)
    {
        int[] order = [7, 3, 11, 1, 9, 5, 2, 8, 4, 10, 6];
        await WriteAsync([.. order.Select(i => Insert(Item(i), $"s{i}", $"b{i}"))]);
        await WriteAsync(Insert(Name("other table")));

        var rows = await ListAllAsync(new KeyRange(Items), new Listing(limit, Descending: descending));
        var expected = descending ? order.OrderDescending() : order.Order();
        Assert.Equal(expected.Select(i => $"{i}=s{i}"), rows.Select(r => $"{Plain(r.Key)}={Text(r.State)}"));
        Assert.All(rows, r => Assert.True(r.Body.IsEmpty));
        Assert.All(rows, r => Assert.NotEqual(default, r.Version));
    }

    [Fact]
    public async Task List_WithBodies_ReadsThemToo()
    {
        await WriteAsync(Insert(Item(1), body: "one"), Insert(Item(2), body: new string('x', 300_000)), Insert(Item(3)));

        var rows = await ListAllAsync(new KeyRange(Items), new Listing(WithBodies: true));
        Assert.Equal([3, 300_000, 0], rows.Select(r => r.Body.Length));
    }

    [Theory]
    [InlineData(3, 7, "3 4 5 6")]
    [InlineData(null, 3, "1 2")]
    [InlineData(8, null, "8 9")]
    [InlineData(null, null, "1 2 3 4 5 6 7 8 9")]
    [InlineData(5, 5, "")]
    [InlineData(7, 3, "")]
    [InlineData(100, null, "")]
    public async Task List_ByRange_IsFromInclusiveToExclusive(int? from, int? to, string expected)
    {
        await WriteAsync([.. Enumerable.Range(1, 9).Select(i => Insert(Item(i)))]);
        var range = new KeyRange(Items, from is { } f ? Item(f) : null, to is { } t ? Item(t) : null);

        foreach (var limit in new[] { 2, 100 })
        {
            var up = await ListAllAsync(range, new Listing(limit));
            var down = await ListAllAsync(range, new Listing(limit, Descending: true));
            Assert.Equal(expected, string.Join(' ', up.Select(r => Plain(r.Key))));
            Assert.Equal(expected, string.Join(' ', down.AsEnumerable().Reverse().Select(r => Plain(r.Key))));
        }
    }

    [Fact]
    public async Task List_ByPrefix_TakesTextInOrdinalOrder()
    {
        string[] texts = ["a", "a/", "a/1", "a/1/x", "a/10", "a/2", "a0", "A/1", "b", "a/~", "a/ z", "a-1"];
        await WriteAsync([.. texts.Select(t => Insert(Name(t)))]);

        var all = await ListAllAsync(new KeyRange(Names), new Listing(2));
        Assert.Equal(texts.Order(StringComparer.Ordinal), all.Select(r => r.Key.Text));
        var under = await ListAllAsync(KeyRange.Prefix(Names, "a/"), new Listing(2));
        Assert.Equal(["a/", "a/ z", "a/1", "a/1/x", "a/10", "a/2", "a/~"], under.Select(r => r.Key.Text));
        var down = await ListAllAsync(KeyRange.Prefix(Names, "a/1"), new Listing(1, Descending: true));
        Assert.Equal(["a/10", "a/1/x", "a/1"], down.Select(r => r.Key.Text));
    }

    [Fact]
    public async Task List_WhenIdsSpanAllBits_OrdersThemAsNumbers()
    {
        var half = UInt128.MaxValue >> 1;
        UInt128[] ids = [0, 1, ulong.MaxValue, (UInt128)ulong.MaxValue + 1, half, half + 1, UInt128.MaxValue];
        await WriteAsync([.. ids.Reverse().Select(i => Insert(new RowKey(Items, i), due: DueAt("l", 0)))]);

        Assert.Equal(ids, (await ListAllAsync(new KeyRange(Items), new Listing(2))).Select(r => r.Key.Id));
        Assert.Equal(ids, (await DueAllAsync(new LaneRange("l"), new Listing(2))).Select(r => r.Key.Id));
        Assert.NotNull(await FindAsync(new RowKey(Items, UInt128.MaxValue)));
    }

    [Fact]
    public async Task List_WhenTheCursorsRowIsGone_GoesOnAfterItsPlace()
    {
        var references = await WriteAsync([.. Enumerable.Range(1, 6).Select(i => Insert(Item(i), due: DueAt("l", i)))]);
        var page = await Store.ListAsync(Home, new KeyRange(Items), new Listing(3), Ct);
        var due = await Store.ListDueAsync(Home, new LaneRange("l"), new Listing(3), Ct);
        await WriteAsync(new Write.Delete(references[2]), new Write.Delete(references[3]), Insert(Item(0), due: DueAt("l", 0)));

        var rest = await Store.ListAsync(Home, new KeyRange(Items), new Listing(3, page.Next), Ct);
        Assert.Equal(["5", "6"], rest.Items.Select(r => Plain(r.Key)));
        var dueRest = await Store.ListDueAsync(Home, new LaneRange("l"), new Listing(3, due.Next), Ct);
        Assert.Equal(["5", "6"], dueRest.Items.Select(r => Plain(r.Key)));
    }

    [Fact]
    public async Task List_WithWrongArguments_Throws()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListAsync(Home, new KeyRange(Items), new Listing(0), Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListAsync(Home, new KeyRange(Items), new(1001), Ct));
        var malformed = new Listing(1, "?");
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListAsync(Home, new KeyRange(Items), malformed, Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListDueAsync(Home, new LaneRange("l"), malformed, Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.ListAsync(Home, new KeyRange(Elsewhere), new Listing(), Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.FindAsync(Home, new RowKey(Elsewhere, "a"), Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.LanesAsync(Home, "", null, 0, Ct));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await Store.FindAsync(Home with { Number = -1 }, Item(1), Ct));
    }

    [Fact]
    public async Task DeleteRange_RemovesRowsAndEntriesOfItsRangeOnly()
    {
        await WriteAsync([.. Enumerable.Range(0, 40).Select(i => Insert(Item(i), body: "b", due: DueAt($"l/{i % 2}", i)))]);
        await WriteAsync([.. Enumerable.Range(40, 40).Select(i => Insert(Item(i), due: DueAt("l/1", i)))]);
        await WriteAsync(Insert(Name("kept"), due: DueAt("l/0", 5)));

        await Store.DeleteRangeAsync(Home, new KeyRange(Items, Item(2), Item(78)), Ct);
        Assert.Equal(["0", "1", "78", "79"], (await ListAllAsync(new KeyRange(Items), new Listing())).Select(r => Plain(r.Key)));
        Assert.Equal(["0:0", "5:kept"], await LaneAsync("l/0"));
        Assert.Equal(["1:1", "78:78", "79:79"], await LaneAsync("l/1"));
        await Store.DeleteRangeAsync(Home, new KeyRange(Items), Ct);
        Assert.Empty(await ListAllAsync(new KeyRange(Items), new Listing()));
        Assert.Equal([new LaneSummary("l/0", 5)], await Store.LanesAsync(Home, "", null, 10, Ct));
        await Store.DeleteRangeAsync(Home, new KeyRange(Items), Ct);
        await WriteAsync(Insert(Item(5), "again"));
    }
}
